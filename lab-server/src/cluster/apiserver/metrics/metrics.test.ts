import { afterEach, expect, it } from 'vitest'
import { makeVirtualClock } from '../../virtual-clock.ts'
import { pod, startTestServer, type TestServer } from '../testing/test-server.ts'
import { nextUsage, type PodReading } from './usage-meter.ts'

let server: TestServer | undefined
afterEach(() => server?.stop())

function reading(cpuNanoseconds: number, memoryBytes = 1024 * 1024): PodReading {
  return { namespace: 'test', name: 'busy', uid: 'u', containers: [{ name: 'main', cpuNanoseconds, memoryBytes }] }
}

it('turns CPU time into cores, also across a restart of the container', () => {
  const rate = (from: number, to: number) =>
    nextUsage({ reading: reading(from), atMs: 0 }, { reading: reading(to), atMs: 10_000 }).containers[0]?.cpuNanocores
  expect(rate(5e9, 10e9)).toBe(5e8)
  expect(rate(5e9, 1e9)).toBe(1e8)
})

it('serves what pods and their nodes use, as kubectl top asks for it', async () => {
  const clock = makeVirtualClock()
  let spent = 0
  server = await startTestServer({
    clock,
    async readUsage() {
      spent += 1.5e9
      return [reading(spent)]
    },
  })
  await server.client.create(pod('busy', { nodeName: 'node-1' }))
  await server.client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } })
  await clock.advance(4_000)
  const path = '/apis/metrics.k8s.io/v1beta1'
  const { body } = await server.call('GET', `${path}/namespaces/test/pods`)
  expect(body).toMatchObject({
    kind: 'PodMetricsList',
    items: [
      {
        kind: 'PodMetrics',
        window: '3.000s',
        containers: [{ name: 'main', usage: { cpu: '500000000n', memory: '1024Ki' } }],
      },
    ],
  })
  const nodes = await server.call('GET', `${path}/nodes/node-1`)
  expect(nodes.body.usage).toEqual({ cpu: '500000000n', memory: '1024Ki' })
  const missing = await server.call('GET', `${path}/namespaces/test/pods/idle`)
  expect(missing.body.message).toBe('podmetrics.metrics.k8s.io "test/idle" not found')
  const [usage] = server.podUsage()
  expect(usage).toMatchObject({
    namespace: 'test',
    name: 'busy',
    containers: [{ name: 'main', cpuNanocores: 500_000_000, memoryBytes: 1024 * 1024 }],
  })
})

it('has no metrics group when nobody measures', async () => {
  server = await startTestServer()
  expect((await server.call('GET', '/apis/metrics.k8s.io/v1beta1')).code).toBe(404)
})
