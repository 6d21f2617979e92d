// The same streams as the JavaScript client library asks for them: WebSockets with numbered channels.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { PassThrough, Writable } from 'node:stream'
import { Exec, KubeConfig, Log, PortForward, type V1Status } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type StreamingServer,
  scriptedNode,
  startStreamingServer,
} from '../../src/cluster/apiserver/streaming/testing/streaming-server.ts'

const stops: (() => unknown)[] = []
let server: StreamingServer
const config = new KubeConfig()

const node = scriptedNode({
  async *logs() {
    yield 'one\n'
    yield 'two\n'
  },
  async exec(_pod, _container, [program], { stdin, stdout, stderr }) {
    if (program === 'fail') {
      stderr.write('no\n')
      return { exitCode: 3 }
    }
    for await (const chunk of stdin ?? []) {
      stdout.write(String(chunk).toUpperCase())
      if (String(chunk).includes('\n')) break
    }
    return { exitCode: 0 }
  },
  async portForward(_pod, port) {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    await once(socket, 'connect')
    return socket
  },
})

beforeAll(async () => {
  server = await startStreamingServer(node)
  stops.push(() => server.stop())
  config.loadFromClusterAndUser({ name: 'test', server: server.url, skipTLSVerify: true }, { name: 'test' })
})

afterAll(async () => {
  for (const stop of stops) await stop()
})

function collector(): Writable & { text: string } {
  const stream = new Writable({
    write(chunk, _encoding, callback) {
      collected.text += chunk
      callback()
    },
  })
  const collected = Object.assign(stream, { text: '' })
  return collected
}

function exec(command: string[], stdin: PassThrough | null): Promise<{ out: string; err: string; status: V1Status }> {
  const [out, err] = [collector(), collector()]
  return new Promise((resolve, reject) => {
    new Exec(config)
      .exec('default', 'p', 'c', command, out, err, stdin, false, (status) =>
        resolve({ out: out.text, err: err.text, status }),
      )
      .catch(reject)
  })
}

it('execs with input', async () => {
  const stdin = new PassThrough()
  stdin.write('hello\n')
  const { out, status } = await exec(['upper'], stdin)
  expect([out, status.status]).toEqual(['HELLO\n', 'Success'])
})

it('learns the exit code', async () => {
  const { err, status } = await exec(['fail'], null)
  expect(err).toBe('no\n')
  expect(status).toMatchObject({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '3' }] },
  })
})

it('forwards a port', async () => {
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  stops.push(() => echo.close())
  const address = echo.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const forward = new PortForward(config)
  const local = createServer((socket: Socket) => {
    void forward.portForward('default', 'p', [port], socket, null, socket)
  }).listen(0, '127.0.0.1')
  await once(local, 'listening')
  stops.push(() => local.close())
  const localAddress = local.address()
  const client = connect(typeof localAddress === 'object' && localAddress ? localAddress.port : 0, '127.0.0.1')
  client.write('ping')
  const [answer] = await once(client, 'data')
  expect(String(answer)).toBe('ping')
  client.destroy()
})

it('reads logs', async () => {
  const out = collector()
  await new Log(config).log('default', 'p', 'c', out)
  await once(out, 'finish')
  expect(out.text).toBe('one\ntwo\n')
})
