// Many watchers of the same objects, and one that does not read.
import { setTimeout as delay } from 'node:timers/promises'
import { openApiClient } from './api-client.ts'
import type { Print } from './print.ts'
import { describeSamples } from './statistics.ts'
import { withClusters } from './temporary-cluster.ts'

const watchers = 100
const eventsPerSecond = 100
const seconds = 5
const path = '/api/v1/namespaces/default/configmaps'

/** Prints how long events take from the write's request to each of 100 watchers, without and with a stalled one. */
export async function benchWatchFanOut(print: Print): Promise<void> {
  await withClusters(1, async ([cluster]) => {
    if (!cluster) return
    const api = openApiClient(cluster)
    const sent = new Map<string, number>()
    const samples: number[] = []
    let seen = 0
    const onEvent = (line: string) => {
      // The name is enough: parsing a hundred copies would measure this process.
      const name = /"name":"(b-\d+)"/.exec(line)?.[1]
      const begun = name && sent.get(name)
      if (begun === undefined || begun === '') return
      seen += 1
      samples.push(performance.now() - begun)
    }
    const round = async (from: number, size: number) => {
      samples.length = 0
      seen = 0
      const pending: Promise<unknown>[] = []
      for (let index = 0; index < eventsPerSecond * seconds; index++) {
        const name = `b-${from + index}`
        sent.set(name, performance.now())
        pending.push(
          api.call('POST', path, {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name },
            data: { filler: 'x'.repeat(size) },
          }),
        )
        await delay(1000 / eventsPerSecond)
      }
      await Promise.all(pending)
      const wanted = watchers * eventsPerSecond * seconds
      for (const deadline = performance.now() + 30_000; seen < wanted && performance.now() < deadline; ) await delay(20)
      return `${describeSamples(samples, 'ms')}${seen === wanted ? '' : `  LOST ${wanted - seen}`}`
    }
    const following = await Promise.all(
      Array.from({ length: watchers }, () => api.watch(`${path}?watch=true&resourceVersion=0`, onEvent)),
    )
    try {
      const load = `${watchers} watchers × ${eventsPerSecond} events/s`
      print(`write to watch event, ${load}`, await round(0, 100))
      const stalled = await api.watch(`${path}?watch=true&resourceVersion=0`, () => {})
      stalled.pause()
      print('  with one more that reads nothing', await round(10_000, 100))
      stalled.close()
    } finally {
      for (const watch of following) watch.close()
      api.close()
    }
  })
}
