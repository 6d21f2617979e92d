// Many clusters in one process: what each costs, and how they answer together under load.
import { memoryUsage } from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { openApiClient, timed } from './api-client.ts'
import type { Print } from './print.ts'
import { describeSamples } from './statistics.ts'
import { withClusters } from './temporary-cluster.ts'

const count = 100
const loaded = 50
const requestsPerSecond = 200
const seconds = 10

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`

/** Prints start and memory of each of a hundred clusters, then latencies of 50 of them at 200 requests a second. */
export async function benchManyClusters(print: Print): Promise<void> {
  const starts: number[] = []
  const before = memoryUsage()
  const work = async (clusters: Parameters<Parameters<typeof withClusters>[1]>[0]) => {
    print(`start of each of ${count} clusters in one process`, describeSamples(starts, 'ms'))
    // Let start-up garbage be collected before the memory is read.
    await delay(2_000)
    globalThis.gc?.()
    const after = memoryUsage()
    print('  resident memory of each', megabytes((after.rss - before.rss) / count))
    print('  heap of each', megabytes((after.heapUsed - before.heapUsed) / count))

    const apis = clusters.slice(0, loaded).map((cluster) => openApiClient(cluster, 1))
    const path = '/api/v1/namespaces/default/configmaps'
    // A handshake is a cost of its own: half of a client's first answer.
    const firsts: number[] = []
    for (const api of apis) firsts.push(await timed(() => api.call('GET', '/api/v1/namespaces/default')))
    print('  first answer to a client, with its TLS handshake', describeSamples(firsts, 'ms'))
    const reads: number[] = []
    const writes: number[] = []
    const pending: Promise<void>[] = []
    // An open loop: a slow answer does not hold back the next request.
    for (let index = 0; index < requestsPerSecond * seconds; index++) {
      const api = apis[index % apis.length]
      const isWrite = index % (2 * apis.length) < apis.length
      if (!api) continue
      const samples = isWrite ? writes : reads
      const call = () =>
        isWrite
          ? api.call('POST', path, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c-${index}` } })
          : api.call('GET', '/api/v1/namespaces/default')
      pending.push(timed(call).then((ms) => void samples.push(ms)))
      await delay(1000 / requestsPerSecond)
    }
    await Promise.all(pending)
    const load = `${loaded} clusters, ${requestsPerSecond} requests/s`
    print(`read of one object, ${load}`, describeSamples(reads, 'ms'))
    print(`create of one object, ${load}`, describeSamples(writes, 'ms'))
    for (const api of apis) api.close()
  }
  await withClusters(count, work, (ms) => starts.push(ms))
}
