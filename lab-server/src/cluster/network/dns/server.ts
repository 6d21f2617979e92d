// The cluster's DNS on UDP and TCP. It answers while CoreDNS has ready pods; while it has none the port is closed,
// so that clients are refused at once, as by kube-proxy's reject rule.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { decodeQuery, encodeResponse, type Question, type Response } from './message.ts'

export interface DnsServerOptions {
  host: string
  port: number
  answer(question: Question): Response
  /** Whether a pod may ask; a query that may not is dropped, as its packet would be. */
  allows(sourceIp: string, protocol: 'TCP' | 'UDP'): boolean
}

export interface DnsServer {
  /** Opens or closes the ports; resolves when it is done. */
  setServing(isServing: boolean): Promise<void>
  stop(): Promise<void>
}

const udpLimit = 1232

/** Makes a DNS server that is closed at first. */
export function makeDnsServer(options: DnsServerOptions): DnsServer {
  let open: { udp: UdpSocket; tcp: Server; sockets: Set<Socket> } | undefined
  let turn: Promise<void> = Promise.resolve()

  const change = async (isServing: boolean) => {
    if (isServing && !open) open = await openPorts(options)
    if (isServing || !open) return
    const { udp, tcp, sockets } = open
    open = undefined
    for (const socket of sockets) socket.destroy()
    await Promise.all([
      new Promise<void>((resolve) => udp.close(() => resolve())),
      new Promise<void>((resolve) => tcp.close(() => resolve())),
    ])
  }
  const setServing = (isServing: boolean) => {
    turn = turn.then(() => change(isServing))
    return turn
  }
  return { setServing, stop: () => setServing(false) }
}

async function openPorts(options: DnsServerOptions) {
  const udp = createSocket('udp4')
  udp.on('message', (message, { address, port }) => {
    const reply = replyTo(message, address, 'UDP', options)
    if (reply) udp.send(reply, port, address)
  })
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    answerStream(socket, options)
  })
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject)
    udp.bind({ address: options.host, port: options.port }, resolve)
  })
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject)
    tcp.listen({ host: options.host, port: options.port }, resolve)
  })
  udp.on('error', () => {}) // A client that went away; the next query is unharmed.
  return { udp, tcp, sockets }
}

function replyTo(
  message: Buffer,
  source: string,
  protocol: 'TCP' | 'UDP',
  options: DnsServerOptions,
): Buffer | undefined {
  const query = decodeQuery(message)
  if (!query || !options.allows(source, protocol)) return undefined
  return encodeResponse(
    query.id,
    query.question,
    options.answer(query.question),
    protocol === 'UDP' ? udpLimit : undefined,
  )
}

/** Messages on a stream are preceded by their length. */
function answerStream(socket: Socket, options: DnsServerOptions): void {
  let pending = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const length = pending.readUInt16BE(0)
      const reply = replyTo(pending.subarray(2, 2 + length), socket.remoteAddress ?? '', 'TCP', options)
      pending = pending.subarray(2 + length)
      if (!reply) continue
      const size = Buffer.alloc(2)
      size.writeUInt16BE(reply.length)
      socket.write(Buffer.concat([size, reply]))
    }
  })
}
