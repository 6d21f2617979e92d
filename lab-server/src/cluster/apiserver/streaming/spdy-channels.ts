// exec and attach over SPDY, as kubectl older than 1.30 asks for them: one stream per channel, named by a header.
import { once } from 'node:events'
import { type Duplex, PassThrough, Writable } from 'node:stream'
import type { CommandChannels, CommandRequest, CommandStatus } from './remote-command.ts'
import { type SpdySession, type SpdyStream, startSpdySession } from './spdy-session.ts'
import { makeSizeFeed } from './terminal-size.ts'

/** The subprotocols for commands, the best first. */
export const SPDY_COMMAND_PROTOCOLS = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io']

// Real time, because a real client either opens its streams at once or never.
const STREAMS_TIMEOUT_MS = 30_000

/** Waits for the client to open the streams that its request needs; rejects when it does not. */
export async function openSpdyChannels(
  transport: Duplex,
  protocol: string,
  request: CommandRequest,
): Promise<CommandChannels> {
  const missing = new Set(['error'])
  if (request.stdin) missing.add('stdin')
  if (request.stdout) missing.add('stdout')
  if (request.stderr) missing.add('stderr')
  if (request.tty && /^v[34]\./.test(protocol)) missing.add('resize')

  const streams = new Map<string, SpdyStream>()
  let allThere = () => {}
  const complete = new Promise<void>((resolve) => {
    allThere = resolve
  })
  const session = startSpdySession(transport, (stream) => {
    const type = stream.headers.streamtype ?? ''
    streams.set(type, stream)
    missing.delete(type)
    if (missing.size === 0) allThere()
  })
  const timer = setTimeout(() => transport.destroy(), STREAMS_TIMEOUT_MS)
  const isComplete = await Promise.race([complete.then(() => true), session.closed.then(() => false)])
  clearTimeout(timer)
  if (!isComplete) throw new Error('the client did not open its streams')
  return channelsOf(session, streams, { request, hasStatus: protocol.startsWith('v4.') })
}

function channelsOf(
  session: SpdySession,
  streams: Map<string, SpdyStream>,
  { request, hasStatus }: { request: CommandRequest; hasStatus: boolean },
): CommandChannels {
  const gone = new AbortController()
  void session.closed.then(() => gone.abort())
  const sizes = makeSizeFeed()
  streams.get('resize')?.on('data', (chunk: Buffer) => sizes.push(chunk.toString()))

  const stdout = outputTo(streams.get('stdout'))
  const stderr = outputTo(streams.get('stderr'))
  // A pipe of our own: the runtime may end or destroy what it is given, and the stream must outlive that.
  const stdin = request.stdin ? streams.get('stdin')?.pipe(new PassThrough()) : undefined
  if (stdin) void session.closed.then(() => stdin.end())
  for (const [type, stream] of streams) if (type !== 'stdin' && type !== 'resize') stream.resume()

  return {
    streams: {
      ...(stdin ? { stdin } : {}),
      stdout,
      stderr,
      tty: request.tty,
      onResize: (listener) => sizes.listen(listener),
    },
    signal: gone.signal,
    async finish(status: CommandStatus) {
      const error = streams.get('error')
      if (hasStatus) error?.write(JSON.stringify(status))
      else if (status.status !== 'Success') error?.write(status.message)
      stdout.end()
      stderr.end()
      // Input that the command did not want must not hold up the goodbye.
      streams.get('stdin')?.unpipe()
      await Promise.all([...streams.values()].map(ended))
      session.close()
    },
  }
}

function outputTo(stream: SpdyStream | undefined): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      if (!stream?.writable) callback()
      else stream.write(chunk, () => callback())
    },
    final(callback) {
      stream?.end()
      callback()
    },
  })
}

async function ended(stream: SpdyStream): Promise<void> {
  stream.resume()
  if (stream.destroyed || stream.writableFinished) return
  stream.end()
  await Promise.race([once(stream, 'finish'), once(stream, 'close')]).catch(() => {})
}
