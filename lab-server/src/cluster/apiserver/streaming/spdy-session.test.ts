import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { servePortForward } from './port-forward.ts'
import { controlFrame, dataFrame, type Frame, FrameType, makeFrameReader, streamFrame } from './spdy-frames.ts'
import { makeHeaderWriter } from './spdy-headers.ts'
import { type SpdyStream, startSpdySession } from './spdy-session.ts'
import { startEcho, testPod } from './testing/streaming-server.ts'

const stops: (() => unknown)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** A client that writes frames and collects what comes back. */
interface Client {
  socket: Socket
  frames: Frame[]
  openStream(id: number, headers: Record<string, string>): void
  /** All data of a stream so far. */
  data(id: number): string
  /** Waits until a frame came that satisfies `wanted`. */
  wait(wanted: (frame: Frame) => boolean): Promise<void>
}

async function connectTo(serve: (socket: Socket) => void): Promise<Client> {
  const server = createServer(serve)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const socket = connect({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 })
  stops.push(
    () => socket.destroy(),
    () => server.close(),
  )
  const reader = makeFrameReader()
  const frames: Frame[] = []
  socket.on('data', (chunk: Buffer) => frames.push(...reader.push(chunk)))
  const writeHeaders = makeHeaderWriter()
  return {
    socket,
    frames,
    openStream(id, headers) {
      const rest = Buffer.concat([Buffer.alloc(6), writeHeaders(headers)])
      socket.write(streamFrame(FrameType.SynStream, id, rest))
    },
    data: (id) =>
      Buffer.concat(
        frames.flatMap((frame) => (frame.kind === 'data' && frame.streamId === id ? [frame.payload] : [])),
      ).toString(),
    async wait(wanted) {
      while (!frames.some(wanted)) await once(socket, 'data')
    },
  }
}

const isReply = (id: number) => (frame: Frame) =>
  frame.kind === 'control' && frame.type === FrameType.SynReply && frame.payload.readUInt32BE(0) === id
const isEnd = (id: number) => (frame: Frame) => frame.kind === 'data' && frame.streamId === id && frame.isLast

describe('makeFrameReader', () => {
  it('finds the same frames however the bytes are cut', () => {
    const bytes = Buffer.concat([
      dataFrame(1, Buffer.from('one')),
      controlFrame(FrameType.Ping, Buffer.from([0, 0, 0, 7])),
      dataFrame(3, Buffer.alloc(0), true),
    ])
    const whole = makeFrameReader().push(bytes)
    const reader = makeFrameReader()
    const cut = [...bytes].flatMap((byte) => reader.push(Buffer.from([byte])))
    expect(whole).toHaveLength(3)
    expect(cut).toEqual(whole)
  })

  it('refuses a frame of absurd size and another version', () => {
    expect(() => makeFrameReader().push(Buffer.from([0, 0, 0, 1, 0, 0xff, 0xff, 0xff]))).toThrow(
      'frame of 16777215 bytes',
    )
    expect(() => makeFrameReader().push(Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0]))).toThrow('not SPDY/3')
  })
})

describe('startSpdySession', () => {
  it('answers streams, pings and ends', async () => {
    const client = await connectTo((socket) => {
      startSpdySession(socket, (stream) => {
        stream.on('data', (chunk: Buffer) => stream.write(`${stream.headers.streamtype}:${chunk}`))
        stream.on('end', () => stream.end('bye'))
      })
    })
    client.openStream(1, { streamType: 'stdin' })
    client.socket.write(controlFrame(FrameType.Ping, Buffer.from([0, 0, 0, 1])))
    client.socket.write(dataFrame(1, Buffer.from('hi')))
    client.socket.write(dataFrame(1, Buffer.alloc(0), true))
    await client.wait(isEnd(1))
    expect(client.frames.some(isReply(1))).toBe(true)
    expect(client.data(1)).toBe('stdin:hibye')
    expect(client.frames).toContainEqual(
      expect.objectContaining({ kind: 'control', type: FrameType.Ping, payload: Buffer.from([0, 0, 0, 1]) }),
    )
  })

  it('resets a stream id that is taken', async () => {
    const client = await connectTo((socket) => {
      startSpdySession(socket, () => {})
    })
    client.openStream(1, {})
    client.openStream(1, {})
    await client.wait((frame) => frame.kind === 'control' && frame.type === FrameType.Reset)
  })

  it('ends its streams when the client goes away', async () => {
    const streams: SpdyStream[] = []
    let session: ReturnType<typeof startSpdySession> | undefined
    const client = await connectTo((socket) => {
      session = startSpdySession(socket, (stream) => streams.push(stream))
    })
    client.openStream(1, {})
    await client.wait(isReply(1))
    client.socket.destroy()
    await session?.closed
    expect(streams[0]?.destroyed).toBe(true)
  })

  it('ends a connection that speaks something else', async () => {
    const client = await connectTo((socket) => {
      startSpdySession(socket, () => {})
    })
    client.socket.write(Buffer.from([0x80, 0x02, 0, 1, 0, 0, 0, 0]))
    client.socket.resume()
    await once(client.socket, 'close')
  })
})

describe('servePortForward', () => {
  it('joins each pair of streams with a connection of its own', async () => {
    const echo = await startEcho()
    stops.push(echo.stop)
    const client = await connectTo((socket) => {
      void servePortForward(socket, { pod: testPod, node: echo.node })
    })
    for (const [index, text] of ['first', 'second'].entries()) {
      const pair = { port: String(echo.port), requestID: String(index) }
      client.openStream(4 * index + 1, { streamType: 'error', ...pair })
      client.openStream(4 * index + 3, { streamType: 'data', ...pair })
      client.socket.write(dataFrame(4 * index + 3, Buffer.from(text), true))
    }
    await client.wait(isEnd(3))
    await client.wait(isEnd(7))
    expect([client.data(3), client.data(7)]).toEqual(['first', 'second'])
    await client.wait(isEnd(1))
    expect(client.data(1)).toBe('')
  })

  it('tells on the error stream that nobody listens, in the words of the container runtime', async () => {
    const echo = await startEcho()
    echo.stop()
    const client = await connectTo((socket) => {
      void servePortForward(socket, { pod: testPod, node: echo.node })
    })
    const pair = { port: String(echo.port), requestID: '0' }
    client.openStream(1, { streamType: 'error', ...pair })
    client.openStream(3, { streamType: 'data', ...pair })
    await client.wait(isEnd(1))
    expect(client.data(1)).toContain(
      `failed to connect to localhost:${echo.port} inside namespace "pod-uid", ` +
        `IPv4: dial tcp4 127.0.0.1:${echo.port}: connect: connection refused`,
    )
  })
})
