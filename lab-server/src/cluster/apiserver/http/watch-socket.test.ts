import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { parse } from 'yaml'
import { configMap, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
const configMaps = '/api/v1/namespaces/test/configmaps'
beforeAll(async () => {
  server = await startTestServer()
  await server.client.create(configMap('one', { a: 'b' }))
})
afterAll(() => server.stop())

function open(
  path: string,
  options: { protocols?: string[]; headers?: Record<string, string>; asAdmin?: boolean } = {},
) {
  const { user } = parse(server.kubeconfig).users[0]
  const decode = (name: string) => Buffer.from(user[name], 'base64')
  const pair = { cert: decode('client-certificate-data'), key: decode('client-key-data') }
  return new WebSocket(`${server.url.replace('https', 'wss')}${path}`, options.protocols ?? [], {
    ca: server.caCertificate,
    headers: options.headers ?? {},
    ...(options.asAdmin === false ? {} : pair),
  })
}

/** The messages of a socket, one by one; undefined when it has closed. */
function messagesOf(socket: WebSocket) {
  const come: string[] = []
  let isClosed = false
  let wake = () => {}
  socket.on('message', (data, isBinary) => {
    expect(isBinary).toBe(false)
    come.push(String(data))
    wake()
  })
  socket.on('close', () => {
    isClosed = true
    wake()
  })
  return async () => {
    while (come.length === 0 && !isClosed) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    const text = come.shift()
    return text === undefined ? undefined : JSON.parse(text)
  }
}

const refused = async (socket: WebSocket) => {
  socket.on('error', () => {})
  const [, response] = await once(socket, 'unexpected-response')
  let text = ''
  for await (const chunk of response) text += chunk
  return JSON.parse(text)
}

describe('a watch over a WebSocket', () => {
  it('sends each event as a message, and one more when something changes', async () => {
    const socket = open(`${configMaps}?watch&fieldSelector=metadata.name%3Done`)
    const next = messagesOf(socket)
    expect(await next()).toMatchObject({ type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'one' } } })
    await server.client.patch('ConfigMap', { namespace: 'test', name: 'one' }, { data: { a: 'c' } })
    expect(await next()).toMatchObject({ type: 'MODIFIED', object: { data: { a: 'c' } } })
    socket.close()
    expect(await next()).toBeUndefined()
    await expect.poll(() => server.registry.core.store.watcherCount('configmaps')).toBe(0)
  })

  it('marks the end of what exists, as over HTTP', async () => {
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const socket = open(`${configMaps}?${query}&fieldSelector=metadata.name%3Dnone`)
    const annotations = { 'k8s.io/initial-events-end': 'true' }
    expect(await messagesOf(socket)()).toMatchObject({ type: 'BOOKMARK', object: { metadata: { annotations } } })
    socket.terminate()
  })

  it('shows rows when rows are asked for', async () => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const socket = open(`${configMaps}?watch=true`, { headers })
    const { object } = await messagesOf(socket)()
    expect([object.kind, object.rows[0].cells.slice(0, 2)]).toEqual(['Table', ['one', 1]])
    socket.terminate()
  })

  it('ends in good order when its time is up', async () => {
    const socket = open(`${configMaps}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone`)
    const [code] = await once(socket, 'close')
    expect(code).toBe(1005)
  })

  it('is refused as plain HTTP while it still is', async () => {
    const socket = open(`${configMaps}?watch=true&resourceVersion=999999999`)
    expect(await refused(socket)).toMatchObject({ code: 504, reason: 'Timeout' })
  })

  it('needs the right to watch', async () => {
    const socket = open(`${configMaps}?watch=true`, { asAdmin: false })
    expect(await refused(socket)).toMatchObject({ code: 403, reason: 'Forbidden' })
  })

  it('takes a token from a browser, which has no other place for it than the protocols', async () => {
    const account = '/api/v1/namespaces/test/serviceaccounts/default/token'
    const { token } = (await server.call('POST', account, { body: {} })).body.status
    const bearer = `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`
    const view = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }
    const subjects = [{ kind: 'ServiceAccount', name: 'default', namespace: 'test' }]
    const binding = { metadata: { name: 'view' }, roleRef: view, subjects }
    await server.call('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/test/rolebindings', { body: binding })
    const socket = open(`${configMaps}?watch=true`, { asAdmin: false, protocols: [bearer, 'base64.binary.k8s.io'] })
    expect((await messagesOf(socket)()).type).toBe('ADDED')
    expect(socket.protocol).toBe('base64.binary.k8s.io')
    socket.terminate()
  })

  it('is cut when nobody reads it', async () => {
    const since = server.registry.core.store.revision()
    const socket = open(`${configMaps}?watch=true&resourceVersion=${since}`)
    await once(socket, 'open')
    socket.pause()
    const key = { namespace: 'test', name: 'one' }
    const big = 'x'.repeat(10_000)
    for (let index = 0; index < 3000 && server.registry.core.store.watcherCount('configmaps') > 0; index += 1) {
      await server.client.patch('ConfigMap', key, { data: { big, n: `${index}` } })
    }
    expect(server.registry.core.store.watcherCount('configmaps')).toBe(0)
    socket.terminate()
  })
})

it.each(['watch', 'watch=', 'watch=1', 'watch=true', 'watch=yes'])('%s in the query is a watch', async (query) => {
  const watch = await server.openWatch(`${configMaps}?${query}&timeoutSeconds=1`)
  expect((await watch.next()).type).toBe('ADDED')
  watch.stop()
})

it.each(['watch=0', 'watch=false', 'watch=FALSE'])('%s in the query is a list', async (query) => {
  expect((await server.call('GET', `${configMaps}?${query}`)).body.kind).toBe('ConfigMapList')
})
