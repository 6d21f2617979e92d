// The kubectl binaries of this machine: the path's, the one that a package of ours carries, and those that
// `bin/fetch-kubectls.js` brought. Each that is missing is named with the reason.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findOnPath, unpackKubectl } from '../../src/terminal/kubectl.ts'

/** One kubectl. `env` selects a transport, for versions that know two. */
export interface Kubectl {
  /** Its version, such as `v1.36.4`. */
  name: string
  /** The second number of its version. */
  minor: number
  binary: string
  env: Record<string, string>
}

const cache = new URL('../../../node_modules/.cache/kubectl/', import.meta.url).pathname
const missing: string[] = []

function probe(from: string, binary: string | undefined, remedy: string): Kubectl[] {
  if (!binary || !existsSync(binary)) {
    missing.push(`No kubectl of ${from}: ${remedy}`)
    return []
  }
  const { stdout, status } = spawnSync(binary, ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
  if (status !== 0) {
    missing.push(`The kubectl of ${from} (${binary}) does not run here.`)
    return []
  }
  const { clientVersion } = JSON.parse(stdout) as { clientVersion: { gitVersion: string; minor: string } }
  return [{ name: clientVersion.gitVersion, minor: Number.parseInt(clientVersion.minor, 10), binary, env: {} }]
}

const packaged = await unpackKubectl(join(cache, 'packaged')).catch((error: Error) => {
  missing.push(error.message)
  return undefined
})
const fromDebian = (suite: string) => join(cache, suite, 'root', 'usr', 'bin', 'kubectl')
const remedy = 'run node lab-server/bin/fetch-kubectls.js.'

/** Every kubectl, each version once; first the path's. */
export const kubectls: Kubectl[] = [
  ...probe('the path', await findOnPath('kubectl'), 'none is installed.'),
  ...(packaged ? probe('the package', packaged, '') : []),
  ...probe('Debian 12', fromDebian('bookworm'), remedy),
  ...probe('Debian unstable', fromDebian('sid'), remedy),
].filter((kubectl, index, all) => all.findIndex(({ name }) => name === kubectl.name) === index)

for (const reason of missing) process.stderr.write(`${reason}\n`)

/** The one whose version is nearest to `minor`: recordings are replayed with the kubectl that made them, or its next of kin. */
export function kubectlNear(minor: number): Kubectl {
  const [nearest] = [...kubectls].sort((a, b) => Math.abs(a.minor - minor) - Math.abs(b.minor - minor))
  if (!nearest) throw new Error('There is no kubectl on this machine.')
  return nearest
}
