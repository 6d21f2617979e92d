// Files of a ConfigMap-like volume, changed all at once: a reader sees the old set or the new one, never a mix.
// Same layout as upstream's: `key -> ..data/key`, `..data -> ..2026_01_02_03_04_05.000000001`.
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** One file of a volume; `path` is relative and clean. */
export interface VolumeFile {
  path: string
  content: Buffer
  mode: number
}

/** Makes `dir` hold exactly `files`; returns whether anything changed. `nowMs` and `serial` name the new generation. */
export async function writeAtomically(
  dir: string,
  files: VolumeFile[],
  { nowMs, serial }: { nowMs: number; serial: number },
): Promise<boolean> {
  await mkdir(dir, { recursive: true, mode: 0o755 })
  const current = await readlink(join(dir, '..data')).catch(() => undefined)
  if (current !== undefined && (await holdsExactly(join(dir, current), files))) return false

  const generation = `..${timestamp(nowMs)}.${String(serial).padStart(9, '0')}`
  for (const file of files) {
    const target = join(dir, generation, file.path)
    await mkdir(dirname(target), { recursive: true, mode: 0o755 })
    await writeFile(target, file.content, { mode: file.mode })
    // The process's umask may have taken bits away.
    await chmod(target, file.mode)
  }
  await mkdir(join(dir, generation), { recursive: true, mode: 0o755 })
  if (current !== undefined) await giveLike(join(dir, current), join(dir, generation))

  await symlink(generation, join(dir, '..data_tmp')).catch(async () => {
    await unlink(join(dir, '..data_tmp'))
    await symlink(generation, join(dir, '..data_tmp'))
  })
  await rename(join(dir, '..data_tmp'), join(dir, '..data'))

  await linkEntries(dir, files)
  if (current !== undefined) await rm(join(dir, current), { recursive: true, force: true })
  return true
}

/** What the runtime gave to its containers' user stays that user's: a file of mode 400 is readable to nobody else. */
async function giveLike(model: string, given: string): Promise<void> {
  const [wanted, own] = await Promise.all([lstat(model), lstat(given)])
  if (wanted.uid === own.uid && wanted.gid === own.gid) return
  const below = await readdir(given, { recursive: true })
  for (const path of ['', ...below]) await chown(join(given, path), wanted.uid, wanted.gid)
}

/** Keeps one link per first path part, and drops links whose file is gone. */
async function linkEntries(dir: string, files: VolumeFile[]): Promise<void> {
  const wanted = new Set(files.map(({ path }) => path.split('/')[0] ?? path))
  const present = new Set((await readdir(dir)).filter((name) => !name.startsWith('..')))
  for (const name of present) if (!wanted.has(name)) await unlink(join(dir, name))
  for (const name of wanted) if (!present.has(name)) await symlink(`..data/${name}`, join(dir, name))
}

async function holdsExactly(dir: string, files: VolumeFile[]): Promise<boolean> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])
  if (entries.filter((entry) => entry.isFile()).length !== files.length) return false
  for (const file of files) {
    const content = await readFile(join(dir, file.path)).catch(() => undefined)
    if (!content?.equals(file.content)) return false
  }
  return true
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '_')
}
