// The cluster's DNS on UDP and TCP. It answers while CoreDNS has ready pods; while it has none the port is closed,
// so that clients are refused at once, as by kube-proxy's reject rule.
import type { Socket as UdpSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import type { Opened, Underlay } from '../underlay/underlay.ts'
import { decodeQuery, encodeResponse, type Question, type Response } from './message.ts'

export interface DnsServerOptions {
  underlay: Pick<Underlay, 'accept' | 'bindDatagrams'>
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
  let open: { udp: UdpSocket; tcp: Opened; sockets: Set<Socket> } | undefined
  let turn: Promise<void> = Promise.resolve()

  const change = async (isServing: boolean) => {
    if (isServing && !open) open = await openPorts(options)
    if (isServing || !open) return
    const { udp, tcp, sockets } = open
    open = undefined
    for (const socket of sockets) socket.destroy()
    await Promise.all([new Promise<void>((resolve) => udp.close(() => resolve())), tcp.close()])
  }
  const setServing = (isServing: boolean) => {
    turn = turn.then(() => change(isServing))
    return turn
  }
  return { setServing, stop: () => setServing(false) }
}

async function openPorts(options: DnsServerOptions) {
  const { underlay, host, port } = options
  const udp = await underlay.bindDatagrams({ host, port })
  udp.on('message', (message, { address, port }) => {
    const reply = replyTo(message, address, 'UDP', options)
    if (reply) udp.send(reply, port, address)
  })
  udp.on('error', () => {}) // A client that went away; the next query is unharmed.
  const sockets = new Set<Socket>()
  const serve = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    answerStream(socket, options)
  }
  return { udp, tcp: await underlay.accept(serve, { host, port }), sockets }
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
