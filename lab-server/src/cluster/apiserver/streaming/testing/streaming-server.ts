// A server with one pod and a scripted node, for tests of the streaming protocols.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import type { Pod } from '../../../objects/types.ts'
import { ApiError } from '../../errors.ts'
import type { NodeAccess } from '../../node-access.ts'
import { answerPodLog } from '../pod-log.ts'
import { isStreamSubresource, refuseUpgrade, serveStream } from '../upgrade.ts'

/** The pod that every request is about. */
export const testPod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'pod-uid' },
  spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'busybox', stdin: true, tty: true }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      { name: 'c', image: 'busybox', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
    ],
  },
}

const documents: Record<string, object> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get'] }],
  },
  '/api/v1/namespaces/default/pods/p': testPod,
}

/** A running test server. */
export interface StreamingServer {
  url: string
  /** How sessions ended that were not refused; settled in the order of their ends. */
  readonly sessions: number
  stop(): Promise<void>
}

/** Starts a server whose pod answers through `node`. */
export async function startStreamingServer(node: NodeAccess): Promise<StreamingServer> {
  let sessions = 0
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    response.setHeader('Content-Type', 'application/json')
    if (pathname.endsWith('/log')) {
      response.removeHeader('Content-Type')
      answerPodLog({ pod: testPod, query: searchParams, response, node }).catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error
        response.writeHead(error.code, { 'Content-Type': 'application/json' }).end(JSON.stringify(error.status))
      })
      return
    }
    response.statusCode = documents[pathname] ? 200 : 404
    response.end(JSON.stringify(documents[pathname] ?? {}))
  })
  server.on('upgrade', (request, socket, head) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://localhost')
    const subresource = pathname.split('/').at(-1)
    if (!isStreamSubresource(subresource)) return socket.destroy()
    serveStream({ request, socket, head, pod: testPod, subresource, query, node }).then(
      () => {
        sessions++
      },
      (error: unknown) => {
        if (error instanceof ApiError) refuseUpgrade(socket, error)
        else socket.destroy()
      },
    )
  })
  await listen(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get sessions() {
      return sessions
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A node whose methods are those given; the others reject. */
export function scriptedNode(methods: Partial<NodeAccess>): NodeAccess {
  const unexpected = () => Promise.reject(new Error('not scripted'))
  return {
    async *logs() {
      yield await unexpected()
    },
    exec: unexpected,
    attach: unexpected,
    portForward: unexpected,
    ...methods,
  }
}

/** A TCP server that sends back what it gets, and a node that forwards to it. */
export async function startEcho(): Promise<{ port: number; node: NodeAccess; stop(): void }> {
  const echo = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  await listen(echo as unknown as Server)
  const { port } = echo.address() as AddressInfo
  const node = scriptedNode({
    async portForward(_pod, wanted) {
      const socket = connect({ host: '127.0.0.1', port: wanted, allowHalfOpen: true })
      await once(socket, 'connect')
      return socket
    },
  })
  return { port, node, stop: () => echo.close() }
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}
