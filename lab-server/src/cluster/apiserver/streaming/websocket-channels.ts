// exec and attach over a WebSocket: the first byte of each message is the channel. `v5` adds a message that closes one.
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { CommandChannels, CommandRequest, CommandStatus } from './remote-command.ts'
import { makeSizeFeed } from './terminal-size.ts'

const STDIN = 0
const STDOUT = 1
const STDERR = 2
const ERROR = 3
const RESIZE = 4
const CLOSE = 255

/** The subprotocols for commands, the best first. Those with base64 are text for clients without binary messages. */
export const COMMAND_PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'base64.channel.k8s.io',
]

/** Opens the channels that a request asks for. */
export function openWebSocketChannels({
  socket,
  protocol,
  request,
}: {
  socket: WebSocket
  protocol: string
  request: CommandRequest
}): CommandChannels {
  const isBase64 = protocol.includes('base64')
  const hasStatus = /^v[45]\./.test(protocol)
  const gone = new AbortController()
  const stdin = request.stdin ? new PassThrough() : undefined
  const sizes = makeSizeFeed()

  const send = (channel: number, content: Buffer, callback?: (error?: Error) => void) => {
    if (socket.readyState !== socket.OPEN) return callback?.()
    const message = isBase64
      ? `${channel}${content.toString('base64')}`
      : Buffer.concat([Buffer.from([channel]), content])
    socket.send(message, callback)
  }
  const output = (channel: number, isWanted: boolean) =>
    new Writable({
      write(chunk: Buffer, _encoding, callback) {
        // Once the client is gone, output goes nowhere; the abort ends the command.
        if (isWanted) send(channel, chunk, () => callback())
        else callback()
      },
    })

  socket.on('message', (data) => {
    const { channel, content } = parseMessage(data, isBase64)
    if (channel === RESIZE) sizes.push(content.toString())
    if (channel === CLOSE && content[0] === STDIN) stdin?.end()
    if (channel !== STDIN || !stdin || stdin.writableEnded || content.length === 0) return
    if (stdin.write(content)) return
    socket.pause()
    stdin.once('drain', () => socket.resume())
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    stdin?.end()
    // Whatever waits for room in the pipe waits no more.
    stdin?.resume()
    gone.abort()
  })

  // Tells the client that the session is there.
  send(request.stdout ? STDOUT : request.stderr ? STDERR : ERROR, Buffer.alloc(0))

  const stdout = output(STDOUT, request.stdout)
  const stderr = output(STDERR, request.stderr)
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
      await Promise.all([drained(stdout), drained(stderr)])
      const isSuccess = status.status === 'Success'
      // Older protocols have no status: an empty error channel is success, text is failure.
      if (hasStatus) send(ERROR, Buffer.from(JSON.stringify(status)))
      else if (!isSuccess) send(ERROR, Buffer.from(status.message))
      socket.close(1000)
    },
  }
}

async function drained(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableFinished) return
  stream.end()
  if (!stream.writableFinished) await once(stream, 'finish').catch(() => {})
}

function parseMessage(data: RawData, isBase64: boolean): { channel: number; content: Buffer } {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)
  if (!isBase64) return { channel: bytes[0] ?? -1, content: bytes.subarray(1) }
  const text = bytes.toString('latin1')
  return { channel: Number(text[0] ?? -1), content: Buffer.from(text.slice(1), 'base64') }
}
