import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { quantityToInteger } from '../../objects/quantity.ts'
import type { Pod } from '../../objects/types.ts'

/** The first emptyDir of the pod that holds more than its sizeLimit. */
export async function outgrownVolume(
  pod: Pod,
  paths: ReadonlyMap<string, string>,
): Promise<{ name: string; limit: string } | undefined> {
  for (const { name, emptyDir } of pod.spec?.volumes ?? []) {
    const limit = emptyDir?.sizeLimit
    const path = paths.get(name)
    if (limit === undefined || path === undefined || !(quantityToInteger(limit) > 0)) continue
    if ((await folderBytes(path)) > quantityToInteger(limit)) return { name, limit }
  }
  return undefined
}

/** Bytes that the files of a folder take; what vanishes meanwhile counts nothing. */
async function folderBytes(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        lstat(join(entry.parentPath, entry.name)).then(
          ({ size, blocks }) => Math.min(size, blocks * 512),
          () => 0,
        ),
      ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
