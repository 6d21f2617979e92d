import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Probe } from '../../objects/types.ts'
import { type FakeNode, startFakeNode } from '../testing/fake-node.ts'
import { firstCheckMs } from './container-probes.ts'

let node: FakeNode
let server: Server
let status = 200
let headers: Record<string, unknown> = {}

beforeEach(async () => {
  node = await startFakeNode()
  server = createServer((request, response) => {
    headers = request.headers
    response.writeHead(status).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  status = 200
})
afterEach(async () => {
  await node.stop()
  server.closeAllConnections()
  server.close()
  expect(node.errors).toEqual([])
})

const listen = (port: number) => node.network.listeners.set(port, (server.address() as AddressInfo).port)

function addPod(probes: { livenessProbe?: Probe; readinessProbe?: Probe; startupProbe?: Probe }) {
  node.addPod({ containers: [{ name: 'backend', image: 'busybox:1.36', ...probes }] })
}

const http: Probe = { httpGet: { path: '/api/health', port: 5000, scheme: 'HTTP' } }

describe('a readiness probe', () => {
  it('makes the pod ready only after its delay', async () => {
    listen(5000)
    addPod({ readinessProbe: { ...http, initialDelaySeconds: 5, periodSeconds: 5 } })
    await node.pass(4.5)
    expect(node.container('backend')).toMatchObject({ ready: false, started: true })
    expect(node.pod().status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [backend]',
    })
    await node.pass(1)
    expect(node.container('backend').ready).toBe(true)
    expect(headers).toMatchObject({ 'user-agent': 'kube-probe/1.36', host: '10.42.0.2:5000', accept: '*/*' })
  })

  it('takes readiness away after as many failures as its threshold, and gives it back', async () => {
    listen(5000)
    addPod({ readinessProbe: { ...http, periodSeconds: 5, failureThreshold: 3 } })
    await node.pass(1)
    status = 503
    await node.pass(11)
    expect(node.container('backend').ready).toBe(true)
    await node.pass(5)
    expect(node.container('backend').ready).toBe(false)
    expect(node.story()).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503')
    status = 200
    await node.pass(5)
    expect(node.container('backend').ready).toBe(true)
  })

  it('says what a closed port says', async () => {
    addPod({ readinessProbe: { tcpSocket: { port: 9999 } } })
    await node.pass(1)
    expect(node.story()).toContain(
      'Unhealthy: Readiness probe failed: dial tcp 10.42.0.2:9999: connect: connection refused',
    )
  })

  it('never lets its host field reach this machine', async () => {
    const port = (server.address() as AddressInfo).port
    headers = {}
    addPod({ readinessProbe: { httpGet: { host: '127.0.0.1', port, path: '/', scheme: 'HTTP' } } })
    await node.pass(1)
    expect(headers).toEqual({})
    expect(node.story()).toContain(
      `Unhealthy: Readiness probe failed: Get "http://127.0.0.1:${port}/": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    )
  })

  it('reports a command that takes too long', async () => {
    node.runtime.scripts.set('backend', { exec: () => undefined })
    addPod({ readinessProbe: { exec: { command: ['sleep', '5'] }, timeoutSeconds: 1 } })
    await node.pass(3)
    expect(node.story()).toContain('Unhealthy: Readiness probe failed: command timed out: "sleep 5" timed out after 1s')
  })

  it('does not count a command that cannot be run as a failure', async () => {
    node.runtime.scripts.set('backend', { execError: 'exec: "pg_isready": executable file not found in $PATH' })
    addPod({ livenessProbe: { exec: { command: ['pg_isready'] }, periodSeconds: 1, failureThreshold: 1 } })
    await node.pass(5)
    expect(node.container('backend').restartCount).toBe(0)
    expect(node.story().at(-1)).toBe(
      'Unhealthy: Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: exec: "pg_isready": executable file not found in $PATH',
    )
  })
})

describe('a liveness probe', () => {
  it('restarts the container after its delay and three more periods', async () => {
    addPod({ livenessProbe: { ...http, initialDelaySeconds: 10, periodSeconds: 10 } })
    await node.pass(39)
    expect(node.runtime.containers).toHaveLength(1)
    await node.pass(2)
    expect(node.runtime.containers).toHaveLength(2)
    expect(node.container('backend')).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 143 } } })
    expect(node.story().slice(3, 7)).toEqual([
      'Unhealthy: Liveness probe failed: Get "http://10.42.0.2:5000/api/health": dial tcp 10.42.0.2:5000: connect: connection refused',
      'Unhealthy: Liveness probe failed: Get "http://10.42.0.2:5000/api/health": dial tcp 10.42.0.2:5000: connect: connection refused',
      'Unhealthy: Liveness probe failed: Get "http://10.42.0.2:5000/api/health": dial tcp 10.42.0.2:5000: connect: connection refused',
      'Killing: Container backend failed liveness probe, will be restarted',
    ])
  })

  it('uses its own grace period where it has one', async () => {
    node.runtime.scripts.set('backend', { ignoresTerm: true })
    addPod({ livenessProbe: { ...http, periodSeconds: 1, failureThreshold: 1, terminationGracePeriodSeconds: 3 } })
    await node.pass(2)
    expect(node.runtime.latest('backend').stoppedWithGraceMs).toBe(3000)
  })
})

describe('a startup probe', () => {
  it('holds the other probes back until it has passed', async () => {
    addPod({
      startupProbe: { ...http, periodSeconds: 2, failureThreshold: 30 },
      livenessProbe: { ...http, periodSeconds: 1, failureThreshold: 1 },
    })
    await node.pass(9)
    expect(node.container('backend')).toMatchObject({ started: false, ready: false, restartCount: 0 })
    listen(5000)
    await node.pass(2)
    expect(node.container('backend')).toMatchObject({ started: true, ready: true, restartCount: 0 })
  })

  it('restarts the container when it never passes', async () => {
    addPod({ startupProbe: { ...http, periodSeconds: 2, failureThreshold: 2 } })
    await node.pass(5)
    expect(node.story()).toContain('Killing: Container backend failed startup probe, will be restarted')
    expect(node.container('backend').restartCount).toBe(1)
  })
})

const firsts: ['Startup' | 'Liveness' | 'Readiness', number, number, number][] = [
  ['Readiness', 0, 10, 0],
  ['Readiness', 5, 5, 5],
  ['Startup', 0, 2, 2],
  ['Startup', 5, 2, 6],
  ['Liveness', 0, 3, 3],
  ['Liveness', 10, 10, 20],
  ['Liveness', 15, 10, 20],
]
it.each(firsts)('checks %s with a delay of %i s and a period of %i s after %i s', (kind, delay, period, expected) => {
  expect(firstCheckMs(kind, { initialDelaySeconds: delay, periodSeconds: period }) / 1000).toBe(expected)
})
