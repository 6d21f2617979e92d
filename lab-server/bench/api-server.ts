// One API server alone: single objects, lists of pods and their tables.
import { openApiClient, timed } from './api-client.ts'
import type { Print } from './print.ts'
import { describeSamples } from './statistics.ts'
import { withClusters } from './temporary-cluster.ts'

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
const configMaps = '/api/v1/namespaces/default/configmaps'
// A gated pod stays where it is: no scheduler, no kubelet, only the API server is measured.
const pods = '/api/v1/namespaces/default/pods'
const pod = (index: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `p-${index}`, labels: { app: 'bench' } },
  spec: { schedulingGates: [{ name: 'bench' }], containers: [{ name: 'main', image: 'busybox' }] },
})
const configMap = (index: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `c-${index}` },
  data: { key: 'value' },
})

/** Prints latencies of reads and writes one after another, and of lists of 1 000 pods. */
export async function benchApiServer(print: Print): Promise<void> {
  await withClusters(1, async ([cluster]) => {
    if (!cluster) return
    const api = openApiClient(cluster)
    const repeat = async (times: number, work: (index: number) => Promise<unknown>) => {
      const samples: number[] = []
      for (let index = 0; index < times; index++) samples.push(await timed(() => work(index)))
      return describeSamples(samples, 'ms')
    }
    try {
      print('create of one object', await repeat(1000, (index) => api.call('POST', configMaps, configMap(index))))
      print('read of one object', await repeat(1000, (index) => api.call('GET', `${configMaps}/c-${index}`)))
      for (let index = 0; index < 1000; index++) await api.call('POST', pods, pod(index))
      print('list of 1 000 pods', await repeat(20, () => api.call('GET', pods)))
      print('list of 1 000 pods as a table', await repeat(20, () => api.call('GET', pods, undefined, table)))
    } finally {
      api.close()
    }
  })
}
