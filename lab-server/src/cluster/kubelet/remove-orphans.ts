import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Removes the folders of pods that were deleted while no kubelet ran. */
export async function removeOrphans(dataDir: string, isKnown: (podUid: string) => boolean): Promise<void> {
  const podsDir = join(dataDir, 'pods')
  const uids = await readdir(podsDir).catch(() => [])
  await Promise.all(
    uids.filter((uid) => !isKnown(uid)).map((uid) => rm(join(podsDir, uid), { recursive: true, force: true })),
  )
}
