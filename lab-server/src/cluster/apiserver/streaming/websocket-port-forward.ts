// Port forwarding over numbered WebSocket channels, as client libraries other than Go's do it: two channels per port of
// the query, data and error, each beginning with the port in two bytes.
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { badRequest } from '../errors.ts'
import { type ForwardTarget, forwardConnection } from './port-forward.ts'

/** The ports that a request names. Throws 400. */
export function parsePorts(query: URLSearchParams): number[] {
  const ports = query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(Number)
  if (ports.length === 0) throw badRequest('you must specify at least one port')
  if (ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw badRequest(`invalid port in ${JSON.stringify(query.getAll('ports').join(','))}`)
  }
  return ports
}

/** Serves one connection per port until the client is gone. */
export async function serveChannelPortForward(
  socket: WebSocket,
  ports: number[],
  target: ForwardTarget,
): Promise<void> {
  const send = (channel: number, content: Buffer, callback?: (error?: Error) => void) => {
    if (socket.readyState !== socket.OPEN) return callback?.()
    socket.send(Buffer.concat([Buffer.from([channel]), content]), callback)
  }
  const connections = ports.map((port, index) => {
    const portBytes = Buffer.alloc(2)
    portBytes.writeUInt16LE(port)
    send(2 * index, portBytes)
    send(2 * index + 1, portBytes)
    const client = new Duplex({
      read: () => socket.resume(),
      write: (chunk: Buffer, _encoding, callback) => send(2 * index, chunk, () => callback()),
    })
    const done = forwardConnection(client, port, target).then((failure) => {
      if (failure) send(2 * index + 1, Buffer.from(failure))
    })
    return { client, done }
  })
  socket.on('message', (data) => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)
    const channel = bytes[0] ?? -1
    const client = channel % 2 === 0 ? connections[channel / 2]?.client : undefined
    if (client && !client.destroyed && !client.push(bytes.subarray(1))) socket.pause()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    for (const { client } of connections) client.destroy()
  })
  await Promise.all(connections.map(({ done }) => done))
  socket.close(1000)
}
