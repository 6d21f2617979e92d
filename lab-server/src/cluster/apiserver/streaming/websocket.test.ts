import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import type { Streams } from '../../kubelet/container-runtime.ts'
import type { NodeAccess } from '../node-access.ts'
import { controlFrame, FrameType } from './spdy-frames.ts'
import { type StreamingServer, scriptedNode, startEcho, startStreamingServer } from './testing/streaming-server.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function serve(node: NodeAccess): Promise<StreamingServer> {
  const server = await startStreamingServer(node)
  stops.push(() => server.stop())
  return server
}

interface Session {
  socket: WebSocket
  /** Everything that came on a channel so far. */
  text(channel: number): string
  /** Messages that came on a channel, in order, with their channel. */
  messages: Buffer[]
  closed: Promise<number>
}

function open(server: StreamingServer, path: string, protocol = 'v5.channel.k8s.io'): Session {
  const url = `${server.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/p/${path}`
  const socket = new WebSocket(url, protocol)
  const messages: Buffer[] = []
  socket.on('message', (data) => messages.push(data as Buffer))
  const closed = once(socket, 'close').then(([code]) => Number(code))
  const text = (channel: number) =>
    Buffer.concat(messages.filter((message) => message[0] === channel).map((message) => message.subarray(1))).toString()
  return { socket, text, messages, closed }
}

/** Runs `program` as the command. */
function execNode(program: (streams: Streams, command: string[], signal?: AbortSignal) => Promise<number>): NodeAccess {
  return scriptedNode({
    exec: async (_pod, _container, command, streams, signal) => ({ exitCode: await program(streams, command, signal) }),
  })
}

async function readAll(streams: Streams): Promise<string> {
  let text = ''
  for await (const chunk of streams.stdin ?? []) text += chunk
  return text
}

describe('exec', () => {
  it('carries output and errors on their channels and ends with success', async () => {
    const node = execNode(async ({ stdout, stderr }, command) => {
      stdout.write(command.join(' '))
      stderr.write('oops')
      return 0
    })
    const session = open(await serve(node), 'exec?command=echo&command=hi&stdout=true&stderr=true')
    expect(await session.closed).toBe(1000)
    expect(session.messages[0]).toEqual(Buffer.from([1]))
    expect([session.text(1), session.text(2)]).toEqual(['echo hi', 'oops'])
    expect(JSON.parse(session.text(3))).toEqual({ metadata: {}, status: 'Success' })
  })

  it('tells the exit code', async () => {
    const session = open(await serve(execNode(async () => 3)), 'exec?command=false&stdout=true')
    await session.closed
    expect(JSON.parse(session.text(3))).toEqual({
      metadata: {},
      status: 'Failure',
      message: 'command terminated with non-zero exit code: error executing command [false], exit code 3',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    })
  })

  const inner = 'failed to exec in container: failed to start exec "1": OCI runtime exec failed'
  it.each([
    ['the runtime says', inner, `Internal error occurred: error executing command in container: ${inner}`],
    [
      'the kubelet has wrapped already',
      `Internal error occurred: error executing command in container: ${inner}`,
      `Internal error occurred: error executing command in container: ${inner}`,
    ],
    [
      'the kubelet refuses',
      'Internal error occurred: container not found ("c")',
      'unable to upgrade connection: container not found ("c")',
    ],
  ])('wraps what %s as the API server does', async (_, thrown, message) => {
    const node = execNode(async () => {
      throw new Error(thrown)
    })
    const session = open(await serve(node), 'exec?command=x&stdout=true')
    await session.closed
    expect(JSON.parse(session.text(3)).message).toBe(`Internal error occurred: ${message}`)
  })

  it('closes standard input in v5 when the client says so', async () => {
    const node = execNode(async (streams) => {
      streams.stdout.write((await readAll(streams)).toUpperCase())
      return 0
    })
    const session = open(await serve(node), 'exec?command=cat&stdin=true&stdout=true')
    await once(session.socket, 'open')
    session.socket.send(Buffer.concat([Buffer.from([0]), Buffer.from('hello')]))
    session.socket.send(Buffer.from([255, 0]))
    await session.closed
    expect(session.text(1)).toBe('HELLO')
  })

  it('passes terminal sizes on and ignores empty ones', async () => {
    const sizes: object[] = []
    const node = execNode(async (streams) => {
      streams.onResize?.((size) => sizes.push(size))
      await readAll(streams)
      return 0
    })
    const session = open(await serve(node), 'exec?command=sh&stdin=true&stdout=true&tty=true')
    await once(session.socket, 'open')
    for (const size of ['{"Width":0,"Height":0}', '{"Width":80,"Height":24}\n', '{"Width":100,"Height":30}']) {
      session.socket.send(Buffer.concat([Buffer.from([4]), Buffer.from(size)]))
    }
    session.socket.send(Buffer.from([255, 0]))
    await session.closed
    expect(sizes).toEqual([
      { columns: 80, rows: 24 },
      { columns: 100, rows: 30 },
    ])
  })

  it('ends the command when the client goes away', async () => {
    let end: (text: string) => void = () => {}
    const ended = new Promise<string>((resolve) => {
      end = resolve
    })
    const node = execNode(async (streams, _command, signal) => {
      streams.stdout.write('ready')
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      end('aborted')
      return 137
    })
    const session = open(await serve(node), 'exec?command=sleep&stdout=true')
    while (session.text(1) !== 'ready') await once(session.socket, 'message')
    session.socket.terminate()
    expect(await ended).toBe('aborted')
  })

  it('speaks base64 to clients without binary messages', async () => {
    const node = execNode(async ({ stdout }) => {
      stdout.write('hi')
      return 0
    })
    const session = open(await serve(node), 'exec?command=x&stdout=true', 'base64.channel.k8s.io')
    await session.closed
    expect(session.messages.map(String)).toEqual(['1', '1aGk='])
  })

  it.each([
    ['exec?command=ls&stdout=true&container=nosuch', 400, 'container nosuch is not valid for pod p'],
    ['exec?command=ls', 400, 'you must specify at least 1 of stdin, stdout, stderr'],
    ['exec?stdout=true', 400, 'you must specify a command to run in the container'],
  ])('refuses %s before the handshake', async (path, code, message) => {
    const { socket, closed } = open(await serve(scriptedNode({})), path)
    socket.on('error', () => {})
    closed.catch(() => {})
    const [, response] = await once(socket, 'unexpected-response')
    let body = ''
    for await (const chunk of response) body += chunk
    expect(response.statusCode).toBe(code)
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', message, code })
  })
})

describe('port-forward by numbered channels', () => {
  it('joins a channel with a port of the pod', async () => {
    const echo = await startEcho()
    stops.push(echo.stop)
    const session = open(await serve(echo.node), `portforward?ports=${echo.port}`, 'v4.channel.k8s.io')
    await once(session.socket, 'open')
    session.socket.send(Buffer.concat([Buffer.from([0]), Buffer.from('ping')]))
    while (!session.text(0).endsWith('ping')) await once(session.socket, 'message')
    const port = Buffer.alloc(2)
    port.writeUInt16LE(echo.port)
    expect(session.messages.slice(0, 2)).toEqual([Buffer.from([0, ...port]), Buffer.from([1, ...port])])
    session.socket.close()
    await session.closed
  })
})

describe('port-forward tunnelled', () => {
  it('agrees to the tunnel, whose name is no token, and speaks SPDY inside', async () => {
    const echo = await startEcho()
    stops.push(echo.stop)
    const server = await serve(echo.node)
    const request = get(`${server.url}/api/v1/namespaces/default/pods/p/portforward`, {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        'Sec-WebSocket-Protocol': 'SPDY/3.1+portforward.k8s.io',
      },
    })
    const [response, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket]
    expect(response.statusCode).toBe(101)
    expect(response.headers['sec-websocket-protocol']).toBe('SPDY/3.1+portforward.k8s.io')
    // A SPDY ping in a masked binary message with the mask zero; the server's frames are not masked.
    const ping = controlFrame(FrameType.Ping, Buffer.from([0, 0, 0, 1]))
    socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | ping.length, 0, 0, 0, 0]), ping]))
    const [answer] = await once(socket, 'data')
    expect(answer).toEqual(Buffer.concat([Buffer.from([0x82, ping.length]), ping]))
    socket.destroy()
  })
})
