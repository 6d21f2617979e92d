// Clusters of the benchmark's own process, without applications, gone afterwards.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, startCluster } from '../src/cluster/index.ts'

/** Runs `work` on `count` fresh clusters; `onStart` hears how long each took to start. */
export async function withClusters(
  count: number,
  work: (clusters: Cluster[]) => Promise<void>,
  onStart: (ms: number) => void = () => {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-bench-'))
  const clusters: Cluster[] = []
  try {
    for (let index = 0; index < count; index++) {
      const begun = performance.now()
      clusters.push(await startCluster({ dataDir: join(folder, String(index)), images: [] }))
      onStart(performance.now() - begun)
    }
    await work(clusters)
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.stop()))
    await rm(folder, { recursive: true, force: true })
  }
}
