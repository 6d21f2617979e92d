// Sockets inside a network namespace, made by Node itself: it asks for the address first, and makes the socket in the
// very call that answers.
import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { closeSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { getSystemErrorName } from 'node:util'
import koffi from 'koffi'
import { addressNumber } from '../ipv4.ts'
import type { AgentRequest } from './agent-protocol.ts'
import { inside } from './namespaces.ts'

type Requested<Kind> = Extract<AgentRequest, { kind: Kind }>

/** Connects; what arrives stays unread for whoever gets the socket. */
export function connectInside(request: Requested<'connect'>): Promise<Socket> {
  const { namespace, host, port, localAddress, timeoutMs } = request
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: 'inside',
      port,
      autoSelectFamily: false,
      ...(localAddress === undefined ? {} : { localAddress }),
      lookup: (_name, _options, found) => inside(namespace, () => found(null, host, 4)),
    }).pause()
    const fail = (error: Error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const late = () => fail(Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' }))
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs)
    socket.once('error', fail)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

/** Listens, or binds a datagram socket; `close` gives up this process's own hold of it. */
export function listenInside(
  request: Requested<'listen'>,
): Promise<{ socket: Server | DatagramSocket; close(): void }> {
  return request.protocol === 'UDP' ? bindDatagrams(request) : listenForStreams(request)
}

function bindDatagrams({ namespace, host, port }: Requested<'listen'>) {
  const socket = createSocket({
    type: 'udp4',
    lookup: (_name, _options, found) => inside(namespace, () => found(null, host, 4)),
  })
  return new Promise<{ socket: DatagramSocket; close(): void }>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address: 'inside', port }, () => resolve({ socket, close: () => socket.close() }))
  })
}

const libc = koffi.load(null)
const makeSocket = libc.func('int socket(int domain, int type, int protocol)')
const setOption = libc.func('int setsockopt(int socket, int level, int name, const int *value, uint32_t length)')
const bind = libc.func('int bind(int socket, const void *address, uint32_t length)')
const inet = 2
const streamCloseOnExec = 1 | 0o2000000
const reuseAddress = [1, 2] as const // SOL_SOCKET, SO_REUSEADDR

/** Node looks the address of a server up in its own time, so the system is asked here, and Node told of the result. */
function listenForStreams({ namespace, host, port }: Requested<'listen'>) {
  const descriptor: number = inside(namespace, () => makeSocket(inet, streamCloseOnExec, 0))
  const address = Buffer.alloc(16)
  address.writeUInt16LE(inet, 0)
  address.writeUInt16BE(port, 2)
  address.writeUInt32BE(addressNumber(host), 4)
  setOption(descriptor, ...reuseAddress, [1], 4)
  if (bind(descriptor, address, address.length) !== 0) {
    const code = getSystemErrorName(-koffi.errno())
    closeSync(descriptor)
    throw Object.assign(new Error(`listen ${code} ${host}:${port}`), { code })
  }
  const server = createServer()
  return new Promise<{ socket: Server; close(): void }>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ fd: descriptor }, () => resolve({ socket: server, close: () => server.close() }))
  })
}
