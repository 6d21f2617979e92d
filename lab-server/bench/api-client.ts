// The administrator's connection to a cluster, kept open, as the benchmarks use it.
import { Agent, request } from 'node:https'
import { performance } from 'node:perf_hooks'
import { parse } from 'yaml'
import type { Cluster } from '../src/cluster/index.ts'

export interface ApiClient {
  /** The body of a 2xx answer; anything else rejects with the body as message. */
  call(method: string, path: string, body?: object, accept?: string): Promise<string>
  /** Follows a watch; `onEvent` gets each line. The answer ends the watch. */
  watch(path: string, onEvent: (line: string) => void): Promise<{ close(): void; pause(): void }>
  close(): void
}

/** Connects as the administrator with up to `sockets` connections. */
export function openApiClient(cluster: Cluster, sockets = 20): ApiClient {
  const config = parse(cluster.kubeconfig)
  const decode = (text: string) => Buffer.from(text, 'base64')
  const credentials = {
    ca: decode(config.clusters[0].cluster['certificate-authority-data']),
    cert: decode(config.users[0].user['client-certificate-data']),
    key: decode(config.users[0].user['client-key-data']),
  }
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, ...credentials })
  return {
    call: (method, path, body, accept = 'application/json') =>
      new Promise((resolve, reject) => {
        const headers = { accept, 'content-type': 'application/json' }
        const outgoing = request(`${cluster.url}${path}`, { agent, method, headers }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk) => chunks.push(chunk))
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8')
            if ((response.statusCode ?? 500) < 300) resolve(text)
            else reject(new Error(text))
          })
        })
        outgoing.on('error', reject)
        outgoing.end(body && JSON.stringify(body))
      }),
    watch: (path, onEvent) =>
      new Promise((resolve, reject) => {
        const outgoing = request(`${cluster.url}${path}`, { ...credentials, agent: false }, (response) => {
          let rest = ''
          response.setEncoding('utf8').on('data', (text: string) => {
            const lines = `${rest}${text}`.split('\n')
            rest = lines.pop() ?? ''
            for (const line of lines) onEvent(line)
          })
          response.on('error', () => {})
          resolve({ close: () => outgoing.destroy(), pause: () => response.pause() })
        })
        outgoing.on('error', reject)
        outgoing.end()
      }),
    close: () => agent.destroy(),
  }
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}
