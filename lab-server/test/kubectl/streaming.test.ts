// exec, attach, port-forward and logs as every kubectl of this machine asks for them, against our API server with a
// node that runs host commands. Only the transports are on trial here, so the node is the simplest that can be.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from '../../src/cluster/apiserver/start-api-server.ts'
import { scriptedNode } from '../../src/cluster/apiserver/streaming/testing/streaming-server.ts'
import { makeClock } from '../../src/cluster/clock.ts'
import type { Pod } from '../../src/cluster/objects/types.ts'
import { keepKubeconfig, kubectlsByTransport, run } from './real-kubectl.ts'

const hostNode = scriptedNode({
  async *logs(_pod, _container, { tailLines }) {
    yield* ['first\n', 'second\n'].slice(tailLines === undefined ? 0 : -tailLines)
  },
  exec: (_pod, _container, command, { stdin, stdout, stderr }, signal) =>
    new Promise((resolve, reject) => {
      const [program = '', ...args] = command
      const child = spawn(program, args, {
        ...(signal ? { signal } : {}),
        env: { PATH: process.env.PATH, HOME: tmpdir() },
      })
      child.on('error', () => {
        const missing = `exec: ${JSON.stringify(program)}: executable file not found in $PATH: unknown`
        reject(new Error(`OCI runtime exec failed: exec failed: unable to start container process: ${missing}`))
      })
      child.stdin.on('error', () => {})
      child.stdout.pipe(stdout, { end: false })
      child.stderr.pipe(stderr, { end: false })
      if (stdin) stdin.pipe(child.stdin)
      else child.stdin.end()
      child.on('close', (code) => resolve({ exitCode: code ?? 137 }))
    }),
  async attach(_pod, _container, { stdin, stdout }) {
    for await (const chunk of stdin ?? []) {
      stdout.write(`got ${chunk}`)
      if (String(chunk).includes('bye')) break
    }
    return { exitCode: 0 }
  },
  async portForward(_pod, port) {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    await once(socket, 'connect')
    return socket
  },
})

const echo = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {})
  socket.pipe(socket)
})

let server: ApiServer
let kubeconfig: { path: string; remove(): void }
let echoPort = 0

beforeAll(async () => {
  server = await startApiServer({ clock: makeClock(), node: hostNode })
  kubeconfig = keepKubeconfig(server.kubeconfig)
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const address = echo.address()
  echoPort = typeof address === 'object' && address ? address.port : 0
  // A controller's work, and none runs here.
  const metadata = { name: 'default', namespace: 'default' }
  await server.client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })
  const pod = await server.client.create<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: {
      nodeName: 'node-1',
      automountServiceAccountToken: false,
      containers: [{ name: 'c', image: 'busybox', stdin: true }],
    },
  })
  const state = { running: { startedAt: '2026-11-23T03:12:40Z' } }
  await server.client.writeStatus(pod, {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'c', image: 'busybox', imageID: '', ready: true, restartCount: 0, state }],
  })
})

afterAll(async () => {
  echo.close()
  await server.stop()
  kubeconfig.remove()
})

it('has a kubectl to test with', () => {
  expect(kubectlsByTransport).not.toEqual([])
})

describe.each(kubectlsByTransport)('kubectl $name', (kubectl) => {
  const kube = (args: string[], input?: string | Buffer) =>
    run(kubectl, args, { kubeconfig: kubeconfig.path, ...(input === undefined ? {} : { input }) })

  it('execs, keeping output, errors and the exit code apart', async () => {
    const { stdout, stderr, exitCode } = await kube(['exec', 'p', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3'])
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: 'out\n',
      stderr: 'err\ncommand terminated with exit code 3\n',
      exitCode: 3,
    })
  })

  it('pipes input through, byte for byte, up to its end', async () => {
    const bytes = randomBytes(1_000_003)
    const outcome = await kube(['exec', '-i', 'p', '--', 'cat'], bytes)
    expect(outcome.exitCode).toBe(0)
    expect(outcome.bytes.equals(bytes)).toBe(true)
  })

  it('ends when the command does, although input remains', async () => {
    expect(await kube(['exec', '-i', 'p', '--', 'true'], randomBytes(2_000_000))).toMatchObject({ exitCode: 0 })
  })

  it('says why a command cannot be started', async () => {
    const { stderr, exitCode } = await kube(['exec', 'p', '--', 'nosuchcommand'])
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      'error: Internal error occurred: Internal error occurred: error executing command in container: ' +
        'OCI runtime exec failed: exec failed: unable to start container process: ' +
        'exec: "nosuchcommand": executable file not found in $PATH: unknown\n',
    )
  })

  it('refuses a container that is not there', async () => {
    const { stderr, exitCode } = await kube(['exec', 'p', '-c', 'nosuch', '--', 'ls'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('container nosuch is not valid for pod p')
  })

  it('attaches', async () => {
    const { stdout, exitCode } = await kube(['attach', '-i', 'p'], 'hello, bye\n')
    expect({ stdout, exitCode }).toEqual({ stdout: 'got hello, bye\n', exitCode: 0 })
  })

  it('reads logs', async () => {
    expect(await kube(['logs', 'p', '--tail=1'])).toMatchObject({ stdout: 'second\n', exitCode: 0 })
  })

  it('forwards a port for several connections at once, and says when nobody listens', async () => {
    const child = spawn(kubectl.binary, ['port-forward', '-v=4', 'p', `:${echoPort}`, ':1'], {
      env: { PATH: process.env.PATH, HOME: tmpdir(), KUBECONFIG: kubeconfig.path, ...kubectl.env },
    })
    let output = ''
    const more = new EventEmitter()
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk
        more.emit('output')
      })
    }
    const saw = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const match = pattern.exec(output)
        if (match) return match[1] ?? ''
        await once(more, 'output')
      }
    }
    try {
      const port = Number(await saw(new RegExp(`127\\.0\\.0\\.1:(\\d+) -> ${echoPort}`)))
      const bytes = [1, 2, 3].map(() => randomBytes(300_000))
      const answers = await Promise.all(bytes.map((content) => askEcho(port, content)))
      expect(answers.map((answer, index) => answer.equals(bytes[index] ?? Buffer.alloc(0)))).toEqual([true, true, true])

      const dead = connect(Number(await saw(/127\.0\.0\.1:(\d+) -> 1\n/)), '127.0.0.1')
      dead.on('error', () => {})
      await saw(/(IPv4: dial tcp4 127\.0\.0\.1:1: connect: connection refused)/)
      dead.destroy()
      // Modern kubectl would quietly try the other transport.
      expect(output).not.toMatch(/fallback/i)
    } finally {
      child.kill()
      await once(child, 'close')
    }
  })
})

async function askEcho(port: number, content: Buffer): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.end(content)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
