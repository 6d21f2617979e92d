import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { type KubernetesApi, makeKubernetesApi } from './kubernetes-api.ts'

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'default' } }
const named = { kind: 'ConfigMap', namespace: 'default', name: 'one' } as const

/** Asks a server that closes a connection that is used again, once, after it has read the request. */
async function askOverStaleConnection(ask: (api: KubernetesApi) => Promise<unknown>) {
  const asked: string[] = []
  const sockets = new Set<IncomingMessage['socket']>()
  const server = createServer((request, response) => {
    asked.push(request.method ?? '')
    request.resume().once('end', () => {
      const isStale = sockets.has(request.socket)
      sockets.add(request.socket)
      if (isStale && asked.length === 2) request.socket.destroy()
      else response.end(JSON.stringify(configMap))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const api = makeKubernetesApi({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  try {
    await api.get(named)
    return {
      asked,
      outcome: await ask(api).then(
        () => 'answered',
        (error: Error) => error.message,
      ),
    }
  } finally {
    api.close()
    server.close()
  }
}

test.each<[string, string, (api: KubernetesApi) => Promise<unknown>]>([
  ['a read', 'GET', (api) => api.get(named)],
  ['an apply', 'PATCH', (api) => api.apply(configMap)],
  ['a merge patch', 'PATCH', (api) => api.mergePatch(named, { data: { a: '1' } })],
  ['a deletion', 'DELETE', (api) => api.remove(named)],
])('%s goes on when an idle connection was closed under it', async (_, method, ask) => {
  const { asked, outcome } = await askOverStaleConnection(ask)
  expect(outcome).toBe('answered')
  expect(asked).toEqual(['GET', method, method])
})

test.each<[string, (api: KubernetesApi) => Promise<unknown>]>([
  ['a creation', (api) => api.create(configMap)],
  ['a JSON patch', (api) => api.patch(named, [{ op: 'add', path: '/data', value: {} }])],
])('%s is not asked twice', async (_, ask) => {
  const { asked, outcome } = await askOverStaleConnection(ask)
  expect(outcome).toMatch(/^the cluster's API: /)
  expect(asked).toHaveLength(2)
})
