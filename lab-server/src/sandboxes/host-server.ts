// The host's side of the protocol: routes, nothing else.
import { chmodSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { HostedCluster, HostedNetwork } from './protocol.ts'

export interface HostActions {
  /** Starts the cluster, or answers with the running one; what is on disk is taken up again. */
  open(id: string): Promise<HostedCluster>
  exists(id: string): Promise<boolean>
  list(): Promise<string[]>
  network(): HostedNetwork
  remove(id: string): Promise<void>
  stop(): Promise<void>
}

const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/

/** Listens on the socket; `onHolders` tells how many labs hold the host alive. */
export async function serveHost(socketPath: string, actions: HostActions) {
  const holders = new Set<ServerResponse>()
  let onHolders = (_count: number) => {}

  const route = async (request: IncomingMessage): Promise<unknown> => {
    const { method } = request
    const [, collection, id] = (request.url ?? '').split('/')
    if (collection === 'stop' && method === 'POST') {
      setImmediate(() => void actions.stop())
      return {}
    }
    if (collection === 'network' && method === 'GET') return actions.network()
    if (collection !== 'clusters') return undefined
    if (id === undefined) return method === 'GET' ? actions.list() : undefined
    if (!idPattern.test(id)) return undefined
    if (method === 'PUT') return actions.open(id)
    if (method === 'GET') return (await actions.exists(id)) ? actions.open(id) : undefined
    if (method === 'DELETE') return (await actions.remove(id)) ?? {}
    return undefined
  }

  const server = createServer((request, response) => {
    if (request.url === '/hold') {
      response.writeHead(200).write(`${process.pid}\n`)
      holders.add(response)
      onHolders(holders.size)
      response.on('close', () => {
        holders.delete(response)
        onHolders(holders.size)
      })
      return
    }
    route(request).then(
      (answer) =>
        response
          .writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
          .end(JSON.stringify(answer ?? null)),
      (error: Error) =>
        response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ message: error.message })),
    )
  })
  await rm(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve))
  chmodSync(socketPath, 0o600)
  return {
    onHolders(listener: (count: number) => void) {
      onHolders = listener
    },
    async close() {
      for (const holder of holders) holder.end()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(socketPath, { force: true })
    },
  }
}
