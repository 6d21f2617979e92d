// The API server alone: single objects, long lists, watches.
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { startCluster } from '../src/cluster/index.ts'
import { describeSamples } from './statistics.ts'

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'

/** Prints latencies of reads, writes, lists of 1 000 ConfigMaps and their table, and of watch events. */
export async function benchApiServer(print: (name: string, figure: string) => void): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lab-bench-'))
  const cluster = await startCluster({ dataDir, images: [] })
  const config = parse(cluster.kubeconfig)
  const decode = (text: string) => Buffer.from(text, 'base64')
  const agent = new Agent({
    keepAlive: true,
    ca: decode(config.clusters[0].cluster['certificate-authority-data']),
    cert: decode(config.users[0].user['client-certificate-data']),
    key: decode(config.users[0].user['client-key-data']),
  })
  const call = (method: string, path: string, body?: object, accept = 'application/json') =>
    new Promise<string>((resolve, reject) => {
      const outgoing = request(
        `${cluster.url}${path}`,
        { agent, method, headers: { accept, 'content-type': 'application/json' } },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => ((response.statusCode ?? 500) < 300 ? resolve(text) : reject(new Error(text))))
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body && JSON.stringify(body))
    })
  const time = async (work: () => Promise<unknown>) => {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }
  const repeat = async (times: number, work: (index: number) => Promise<unknown>) => {
    const samples: number[] = []
    for (let index = 0; index < times; index++) samples.push(await time(() => work(index)))
    return samples
  }
  const path = '/api/v1/namespaces/default/configmaps'
  const make = (index: number) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `c-${index}` },
    data: { key: 'value' },
  })
  try {
    print('create of one object', describeSamples(await repeat(1000, (index) => call('POST', path, make(index))), 'ms'))
    print('read of one object', describeSamples(await repeat(1000, (index) => call('GET', `${path}/c-${index}`)), 'ms'))
    print('list of 1 000 objects', describeSamples(await repeat(20, () => call('GET', path)), 'ms'))
    print(
      'list of 1 000 objects as a table',
      describeSamples(await repeat(20, () => call('GET', path, undefined, table)), 'ms'),
    )
  } finally {
    agent.destroy()
    await cluster.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
