import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Container, Pod } from '../objects/types.ts'
import { planResize } from './resize-containers.ts'
import { type FakeNode, startFakeNode } from './testing/fake-node.ts'

const container = (memory: string, change: Partial<Container> = {}): Container => ({
  name: 'c',
  image: 'busybox:1.36',
  resources: { limits: { memory } },
  ...change,
})
const restart = { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] }

it('restarts only for a resource whose policy says so', () => {
  const applied = { memoryLimitBytes: 2 ** 20 }
  expect(planResize(container('1Mi', restart), applied)).toBe('nothing')
  expect(planResize(container('2Mi'), applied)).toBe('in place')
  expect(planResize(container('2Mi', restart), applied)).toBe('restart')
})

describe('a pod whose limits change', () => {
  let node: FakeNode
  beforeEach(async () => {
    node = await startFakeNode()
  })
  afterEach(() => node.stop())

  const change = (pod: Pod, to: Container) => node.put({ ...pod, spec: { ...pod.spec, containers: [to] } } as never)

  it('keeps its process and shows the new limits', async () => {
    const pod = node.addPod({ containers: [container('1Mi')] })
    await node.pass(1)
    change(pod, container('2Mi'))
    await node.pass(1)
    expect(node.runtime.latest('c').resized).toEqual({ memoryLimitBytes: 2 ** 21 })
    expect(node.container('c')).toMatchObject({ restartCount: 0, resources: { limits: { memory: '2Mi' } } })
  })

  it('restarts a container whose policy asks for it', async () => {
    const pod = node.addPod({ containers: [container('1Mi', restart)] })
    await node.pass(1)
    change(pod, container('2Mi', restart))
    await node.pass(1)
    expect(node.container('c').restartCount).toBe(1)
    expect(node.runtime.latest('c').spec.memoryLimitBytes).toBe(2 ** 21)
  })
})
