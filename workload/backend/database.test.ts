// Against servers that speak just enough of the protocol to misbehave at every point of it.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Database, makeDatabase } from './database.ts'
import { makeLog } from './log.ts'

const authenticated = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0])
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])
const completed = Buffer.from([0x43, 0, 0, 0, 13, ...Buffer.from('SELECT 0\0')])
const fatal = errorMessage('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')

function errorMessage(fields: string): Buffer {
  const message = Buffer.alloc(5 + fields.length)
  message.write('E')
  message.writeInt32BE(4 + fields.length, 1)
  message.write(fields, 5)
  return message
}

let server: Server | undefined
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server?.close()
})

/** A database whose server hands each message of a connection to `answer`, numbered from 0. */
async function startAgainst(
  answer: (socket: Socket, message: number) => void,
  { takesLeave = true } = {},
): Promise<Database> {
  server = createServer({ allowHalfOpen: !takesLeave }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let message = 0
    socket.on('data', () => answer(socket, message++))
  })
  const { port } = await new Promise<AddressInfo>((resolve) => {
    server?.listen(0, '127.0.0.1', () => resolve(server?.address() as AddressInfo))
  })
  const config = { host: '127.0.0.1', port: String(port), name: 'tasks', user: 'user', password: 'secret' }
  return makeDatabase(config, 1, makeLog('error', { write: () => true } as unknown as NodeJS.WritableStream))
}

function behave(socket: Socket, message: number): void {
  socket.write(message === 0 ? Buffer.concat([authenticated, ready]) : Buffer.concat([completed, ready]))
}

const deaths: Record<string, (socket: Socket) => void> = {
  'closes it': (socket) => socket.destroy(),
  'resets it': (socket) => socket.resetAndDestroy(),
  'says why and closes it': (socket) => socket.end(fatal),
  'says why and resets it': (socket) => {
    socket.write(fatal)
    setImmediate(() => socket.resetAndDestroy())
  },
  'answers and resets it': (socket) => {
    behave(socket, 1)
    setImmediate(() => socket.resetAndDestroy())
  },
}

describe('a connection', () => {
  // An error that nobody hears of fails the run by itself.
  it.each(Object.keys(deaths))('may die at every message when the server %s', async (how) => {
    for (let last = 0; last < 5; last += 1) {
      const database = await startAgainst((socket, message) => {
        if (message < last) behave(socket, message)
        else deaths[how]?.(socket)
      })
      const uses = Array.from({ length: 6 }, () => database.use((query) => query('SELECT 1')))
      const outcomes = await Promise.allSettled(uses)
      expect(outcomes).toHaveLength(6)
      if (last === 0) expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
      server?.close()
    }
  })

  it('gives its worker back although the server never takes leave', async () => {
    const database = await startAgainst(behave, { takesLeave: false })
    expect(await database.use((query) => query('SELECT 1'))).toEqual([])
    expect(await database.use((query) => query('SELECT 2'))).toEqual([])
  })
})
