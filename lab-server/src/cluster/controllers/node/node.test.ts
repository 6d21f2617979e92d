import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatMicroTime, type Timer } from '../../clock.ts'
import type { Pod } from '../../objects/types.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makeNode, makePod } from '../testing/objects.ts'
import { nodeHealthController } from './node-health.ts'
import { podGarbageCollector } from './pod-garbage.ts'
import { evictionTimeMs, taintEvictionController } from './taint-eviction.ts'

let lab: Harness
let heart: Timer | undefined

const beat = () => {
  const renewTime = formatMicroTime(lab.clock.now())
  const key = { namespace: 'kube-node-lease', name: 'node-1' }
  if (lab.client.find('Lease', key)) {
    lab.client.change('Lease', key, ({ spec }) => {
      if (spec) spec.renewTime = renewTime
    })
  } else lab.client.put({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: key, spec: { renewTime } })
  heart = lab.clock.after(10_000, beat)
}
const running = (name: string, spec: Partial<Pod['spec']> = {}): Pod => ({
  ...makePod(name, {}, { nodeName: 'node-1', ...spec }),
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
})
const tolerant = (tolerationSeconds: number) => ({
  tolerations: ['not-ready', 'unreachable'].map((name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds,
  })),
})
const taints = () =>
  lab.client.get('Node', { name: 'node-1' }).spec?.taints?.map(({ key, effect }) => `${key}:${effect}`)
const reasons = () => lab.client.events.map(({ reason }) => reason)
const exists = (name: string) =>
  lab.client.find('Pod', { namespace: 'lab', name })?.metadata.deletionTimestamp === undefined

beforeEach(() => {
  lab = startHarness([nodeHealthController, taintEvictionController, podGarbageCollector])
  lab.client.put(makeNode('node-1'))
  beat()
})
afterEach(() => lab.stop())

describe('a node', () => {
  it('stays ready as long as its Lease is renewed', async () => {
    await lab.clock.advance(600_000)
    expect(taints()).toBeUndefined()
    expect(reasons()).toEqual(['RegisteredNode'])
  })

  it('is given up about 50 seconds after its kubelet fell silent, and its pods go when their toleration ends', async () => {
    lab.client.put(running('a', tolerant(300)))
    await lab.clock.advance(25_000)
    heart?.cancel()
    await lab.clock.advance(45_000 - 6000)
    expect(taints()).toBeUndefined()
    await lab.clock.advance(15_000)
    expect(taints()).toEqual(['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'])
    const ready = lab.client.get('Node', { name: 'node-1' }).status?.conditions?.find(({ type }) => type === 'Ready')
    expect(ready).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    })
    expect(lab.client.get('Pod', { namespace: 'lab', name: 'a' }).status?.conditions?.[0]?.status).toBe('False')
    expect(exists('a')).toBe(true)
    await lab.clock.advance(301_000)
    expect(exists('a')).toBe(false)
    expect(lab.client.events.find(({ reason }) => reason === 'TaintManagerEviction')?.message).toBe(
      'Marking for deletion Pod lab/a',
    )
  })

  it('has a taint while it is cordoned or under pressure, and keeps those of operators', async () => {
    lab.client.change('Node', { name: 'node-1' }, (node) => {
      node.spec = { unschedulable: true, taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }
      node.status?.conditions?.push({ type: 'DiskPressure', status: 'True' })
    })
    await lab.clock.advance(50)
    expect(taints()).toEqual([
      'dedicated:NoSchedule',
      'node.kubernetes.io/disk-pressure:NoSchedule',
      'node.kubernetes.io/unschedulable:NoSchedule',
    ])
    lab.client.change('Node', { name: 'node-1' }, (node) => {
      delete node.spec?.unschedulable
    })
    await lab.clock.advance(50)
    expect(taints()).toEqual(['dedicated:NoSchedule', 'node.kubernetes.io/disk-pressure:NoSchedule'])
  })

  it('loses pods at once when an operator taints it NoExecute', async () => {
    lab.client.put(running('a'))
    lab.client.put(running('b', { tolerations: [{ operator: 'Exists' }] }))
    await lab.clock.advance(10)
    lab.client.change('Node', { name: 'node-1' }, (node) => {
      node.spec = { taints: [{ key: 'dedicated', value: 'db', effect: 'NoExecute' }] }
    })
    await lab.clock.advance(10)
    expect([exists('a'), exists('b')]).toEqual([false, true])
  })
})

it('takes the shortest toleration of all taints', () => {
  const taint = (key: string) => ({ key, effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z' })
  const tolerate = (key: string, tolerationSeconds?: number) => ({
    key,
    operator: 'Exists',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  })
  const pod = makePod('a', {}, { tolerations: [tolerate('a', 60), tolerate('b', 30), tolerate('c')] })
  const start = Date.UTC(2026, 0, 1)
  expect(evictionTimeMs(pod, [taint('a'), taint('b'), taint('c')])).toBe(start + 30_000)
  expect(evictionTimeMs(pod, [taint('c')])).toBeUndefined()
  expect(evictionTimeMs(pod, [taint('a'), taint('x')])).toBe(0)
})

it('gives up the pods of a node that does not exist, after a while', async () => {
  lab.client.put(running('lost', { nodeName: 'worker-99' }))
  await lab.clock.advance(30_000)
  expect(exists('lost')).toBe(true)
  await lab.clock.advance(15_000)
  expect(lab.client.find('Pod', { namespace: 'lab', name: 'lost' })).toBeUndefined()
})
