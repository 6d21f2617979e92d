import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FakeNode, startFakeNode } from './testing/fake-node.ts'
import { cpuRate } from './usage-meter.ts'

let node: FakeNode
beforeEach(async () => {
  node = await startFakeNode()
})
afterEach(() => node.stop())

it('tells half a core from 5 s of CPU time in 10 s', () => {
  expect(cpuRate({ cpuNanoseconds: 1e9, atMs: 0 }, { cpuNanoseconds: 6e9, atMs: 10_000 })).toBe(5e8)
  expect(cpuRate({ cpuNanoseconds: 1e9, atMs: 0 }, { cpuNanoseconds: 6e9, atMs: 0 })).toBe(0)
})

it('measures memory now and CPU over the last window', async () => {
  const pod = node.addPod({ containers: [{ name: 'c', image: 'busybox:1.36' }] }, { labels: { app: 'web' } })
  await node.pass(10)
  node.runtime.latest('c').usage = { memoryBytes: 1024, cpuNanoseconds: 1e9 }
  const [first] = await node.kubelet.podMetrics()
  expect(first).toMatchObject({ namespace: 'shop', name: 'web', uid: pod.metadata.uid, labels: { app: 'web' } })
  expect(first?.containers[0]).toMatchObject({ name: 'c', memoryBytes: 1024 })
  expect(first?.containers[0]?.cpuNanocores).toBeCloseTo(1e8, -7)

  node.runtime.latest('c').usage = { memoryBytes: 2048, cpuNanoseconds: 11e9 }
  await node.pass(20)
  const [second] = await node.kubelet.podMetrics()
  expect(second?.containers[0]).toEqual({ name: 'c', memoryBytes: 2048, cpuNanocores: 5e8 })
})
