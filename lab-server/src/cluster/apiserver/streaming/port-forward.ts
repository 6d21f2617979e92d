// Port forwarding: for every connection that the client accepted it opens a pair of channels, one for bytes and one for
// what went wrong. `kubectl` does so over SPDY, straight or inside a WebSocket; other clients number WebSocket channels.
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Pod } from '../../objects/types.ts'
import type { NodeAccess } from '../node-access.ts'
import { type SpdyStream, startSpdySession } from './spdy-session.ts'

/** The subprotocol of SPDY port forwarding. */
export const PORT_FORWARD_PROTOCOL = 'portforward.k8s.io'

/** The subprotocol of a WebSocket that carries SPDY port forwarding. */
export const TUNNEL_PROTOCOL = `SPDY/3.1+${PORT_FORWARD_PROTOCOL}`

/** Where connections go. */
export interface ForwardTarget {
  pod: Pod
  node: NodeAccess
}

/** Serves port forwarding on a SPDY transport; resolves when the client is gone. */
export async function servePortForward(transport: Duplex, target: ForwardTarget): Promise<void> {
  const errors = new Map<string, SpdyStream>()
  const session = startSpdySession(transport, (stream) => {
    const { streamtype = '', port = '', requestid = '' } = stream.headers
    // Clients without request ids open the error stream of a connection directly before its data stream.
    const key = requestid || port
    if (streamtype === 'error') {
      stream.resume()
      errors.set(key, stream)
      stream.once('close', () => errors.get(key) === stream && errors.delete(key))
      return
    }
    const error = errors.get(key)
    errors.delete(key)
    void forwardConnection(stream, Number(port), target).then((failure) => {
      if (failure) error?.write(failure)
      error?.end()
    })
  })
  await session.closed
}

/** Joins a client's connection with the pod's; resolves with what the client is to be told when that fails. */
export async function forwardConnection(
  client: Duplex,
  port: number,
  { pod, node }: ForwardTarget,
): Promise<string | undefined> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    client.destroy()
    return `unable to parse port: ${port}`
  }
  let upstream: Duplex
  try {
    upstream = await node.portForward(pod, port)
  } catch (error) {
    client.end()
    client.resume()
    return describeFailure(pod, port, error)
  }
  // Either side may finish first and still be answered; one that breaks takes the other along.
  await Promise.allSettled([pipeline(client, upstream), pipeline(upstream, client)])
  return undefined
}

function describeFailure(pod: Pod, port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const cause =
    code === 'ECONNREFUSED'
      ? 'connect: connection refused'
      : code === 'ETIMEDOUT'
        ? 'i/o timeout'
        : error instanceof Error
          ? error.message
          : String(error)
  // As containerd words it: kubectl prints this after "error forwarding port".
  return (
    `error forwarding port ${port} to pod ${pod.metadata.uid}, uid : failed to execute portforward in network namespace ` +
    `"/var/run/netns/cni-${pod.metadata.uid}": failed to connect to localhost:${port} inside namespace ` +
    `"${pod.metadata.uid}", IPv4: dial tcp4 127.0.0.1:${port}: ${cause} IPv6 dial tcp6 [::1]:${port}: ${cause} `
  )
}
