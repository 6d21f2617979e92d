// A TLS connection to a test server that sends whatever bytes it is told to, as no HTTP client would.
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { parse } from 'yaml'

/** A connection as the administrator. */
export interface RawConnection {
  readonly socket: TLSSocket
  /** Sends bytes as they are. */
  send(bytes: string | Uint8Array): void
  /** Everything that came until the server closed, or until `isEnough`. */
  read(isEnough?: (text: string) => boolean): Promise<string>
  /** Goes away without a goodbye. */
  drop(): void
}

/** Opens a connection with the certificate of a kubeconfig. */
export async function openRaw({ url, kubeconfig }: { url: string; kubeconfig: string }): Promise<RawConnection> {
  const config = parse(kubeconfig)
  const decode = (text: string) => Buffer.from(text, 'base64')
  const { user } = config.users[0]
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(url).port),
    ca: decode(config.clusters[0].cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  })
  let text = ''
  let wake = () => {}
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('close', () => wake())
  await once(socket, 'secureConnect')
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    async read(isEnough = () => false) {
      while (!socket.closed && !isEnough(text)) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return text
    },
    drop: () => socket.destroy(),
  }
}

/** The head of a request, with a body when there is one. */
export function head(method: string, path: string, headers: Record<string, string | number> = {}): string {
  const lines = Object.entries({ Host: 'cluster', ...headers }).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

/** The headers that ask for a WebSocket. */
export const webSocketHeaders = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': 13,
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** The headers that ask for SPDY. */
export const spdyHeaders = {
  Connection: 'Upgrade',
  Upgrade: 'SPDY/3.1',
  'X-Stream-Protocol-Version': 'v4.channel.k8s.io',
}
