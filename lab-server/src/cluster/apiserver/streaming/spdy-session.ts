// The server's side of a SPDY/3.1 connection: clients open streams, the server answers on them. Windows are not kept,
// because the implementation in every Kubernetes client neither keeps nor announces them; the transport's own
// back-pressure does that work.
import { Duplex } from 'node:stream'
import {
  controlFrame,
  dataFrame,
  type Frame,
  FrameType,
  makeFrameReader,
  resetFrame,
  streamFrame,
} from './spdy-frames.ts'
import { makeHeaderReader, makeHeaderWriter, type SpdyHeaders } from './spdy-headers.ts'

/** One stream that the client opened: a Duplex with the headers it was opened with. */
export interface SpdyStream extends Duplex {
  readonly id: number
  readonly headers: SpdyHeaders
}

/** A connection. It ends when the transport does, or by `close`. */
export interface SpdySession {
  /** Settles when the connection is over, however it ended. */
  readonly closed: Promise<void>
  /** Says goodbye once everything written has been sent. */
  close(): void
}

// A stream that nobody reads may hold this much before the whole connection waits for it.
const STREAM_BUFFER_BYTES = 1024 * 1024
const MAX_STREAMS = 1000

// Real time: how long a client may take to hang up after the goodbye.
const GOODBYE_TIMEOUT_MS = 5000

/** Serves SPDY on a transport; `onStream` gets every stream, already answered. */
export function startSpdySession(transport: Duplex, onStream: (stream: SpdyStream) => void): SpdySession {
  const session = new Session(transport, onStream)
  return { closed: session.closed, close: () => session.close() }
}

class Session {
  readonly closed: Promise<void>
  private readonly transport: Duplex
  private readonly onStream: (stream: SpdyStream) => void
  private readonly streams = new Map<number, Stream>()
  private readonly frames = makeFrameReader()
  private readonly headerReader = makeHeaderReader()
  private readonly writeHeaders = makeHeaderWriter()

  constructor(transport: Duplex, onStream: (stream: SpdyStream) => void) {
    this.transport = transport
    this.onStream = onStream
    transport.on('error', () => {})
    this.closed = this.run().finally(() => {
      this.headerReader.close()
      for (const stream of this.streams.values()) stream.disconnect()
      transport.destroy()
    })
  }

  private async run(): Promise<void> {
    try {
      for await (const chunk of this.transport as AsyncIterable<Buffer>) {
        for (const frame of this.frames.push(chunk)) await this.receive(frame)
      }
    } catch {
      // A broken connection and one that speaks nonsense end alike.
    }
  }

  private async receive(frame: Frame): Promise<void> {
    if (frame.kind === 'data') {
      const stream = this.streams.get(frame.streamId)
      if (!stream) return
      const isFull = !stream.receive(frame.payload)
      if (frame.isLast) stream.receiveEnd()
      if (isFull && !stream.destroyed) await stream.drained()
      return
    }
    switch (frame.type) {
      case FrameType.SynStream:
        return this.openStream(frame.payload, frame.isLast)
      case FrameType.Reset:
        this.streams.get(frame.payload.readUInt32BE(0))?.disconnect()
        return
      case FrameType.Ping:
        this.send(controlFrame(FrameType.Ping, frame.payload))
        return
      case FrameType.Headers:
        await this.headerReader.read(frame.payload.subarray(4))
        return
    }
  }

  private async openStream(payload: Buffer, isLast: boolean): Promise<void> {
    const id = payload.readUInt32BE(0) & 0x7fff_ffff
    const headers = await this.headerReader.read(payload.subarray(10))
    if (this.streams.has(id) || this.streams.size >= MAX_STREAMS) {
      this.send(resetFrame(id))
      return
    }
    const stream = new Stream(id, headers, (bytes, callback) => this.send(bytes, callback))
    this.streams.set(id, stream)
    stream.once('close', () => this.streams.delete(id))
    this.send(streamFrame(FrameType.SynReply, id, this.writeHeaders({})))
    if (isLast) stream.receiveEnd()
    this.onStream(stream)
  }

  private send(bytes: Buffer, callback?: (error?: Error | null) => void): void {
    if (!this.transport.writable) {
      callback?.(new Error('the connection is closed'))
      return
    }
    this.transport.write(bytes, callback)
  }

  close(): void {
    if (!this.transport.writable) return
    this.transport.end(controlFrame(FrameType.GoAway, Buffer.alloc(8)))
    const timer = setTimeout(() => this.transport.destroy(), GOODBYE_TIMEOUT_MS)
    void this.closed.finally(() => clearTimeout(timer))
  }
}

type Send = (bytes: Buffer, callback?: (error?: Error | null) => void) => void

class Stream extends Duplex implements SpdyStream {
  readonly id: number
  readonly headers: SpdyHeaders
  private readonly send: Send
  private onDrained: (() => void) | undefined
  private isConnected = true
  private hasEnded = false

  constructor(id: number, headers: SpdyHeaders, send: Send) {
    super({ allowHalfOpen: true, emitClose: true, readableHighWaterMark: STREAM_BUFFER_BYTES })
    this.id = id
    this.headers = headers
    this.send = send
    this.on('error', () => {})
  }

  /** Takes data from the client; false when the reader is behind. */
  receive(payload: Buffer): boolean {
    if (this.destroyed || this.hasEnded || payload.length === 0) return true
    return this.push(payload)
  }

  receiveEnd(): void {
    if (this.destroyed || this.hasEnded) return
    this.hasEnded = true
    this.push(null)
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.onDrained = resolve
    })
  }

  /** The client reset the stream, or went away: nothing more comes or goes. */
  disconnect(): void {
    this.isConnected = false
    this.destroy()
  }

  override _read(): void {
    this.onDrained?.()
    this.onDrained = undefined
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.send(dataFrame(this.id, chunk), callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.send(dataFrame(this.id, Buffer.alloc(0), true), callback)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.onDrained?.()
    const isOver = this.writableFinished && this.readableEnded
    if (this.isConnected && !isOver) this.send(resetFrame(this.id))
    callback(error)
  }
}
