import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Pod, ReplicaSet } from '../../objects/types.ts'
import { quotaExceeded } from '../testing/fake-client.ts'
import { livePods, startFakeKubelet } from '../testing/fake-kubelet.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makePod } from '../testing/objects.ts'
import { planDeletions } from './deletion-order.ts'
import { replicaSetController } from './replica-set-controller.ts'
import { slowStart } from './slow-start.ts'

const key = { namespace: 'lab', name: 'web' }
const makeReplicaSet = (replicas: number): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'lab' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'web:1' }] } },
  },
})

let lab: Harness
beforeEach(() => {
  lab = startHarness([replicaSetController])
  startFakeKubelet(lab.client, { clock: lab.clock })
})
afterEach(() => lab.stop())

describe('a ReplicaSet', () => {
  it('adopts a pod that its selector matches instead of creating one', async () => {
    lab.client.put(makePod('stray', { app: 'web' }))
    lab.client.put(makeReplicaSet(1))
    await lab.clock.advance(100)
    expect(livePods(lab.client).map(({ metadata }) => [metadata.name, metadata.ownerReferences?.[0]?.kind])).toEqual([
      ['stray', 'ReplicaSet'],
    ])
  })

  it('releases a pod whose label was changed, and replaces it', async () => {
    lab.client.put(makeReplicaSet(1))
    await lab.clock.advance(2000)
    const name = livePods(lab.client)[0]?.metadata.name ?? ''
    lab.client.change('Pod', { namespace: 'lab', name }, ({ metadata }) => {
      metadata.labels = { app: 'quarantine' }
    })
    await lab.clock.advance(2000)
    expect(livePods(lab.client)).toHaveLength(2)
    expect(lab.client.get('Pod', { namespace: 'lab', name }).metadata.ownerReferences).toBeUndefined()
  })

  it('says that a quota keeps it from creating pods, retries, and forgets it when it can', async () => {
    lab.client.refuse = (object) => {
      if (object.kind === 'Pod' && livePods(lab.client).length >= 1) throw quotaExceeded(object.metadata.name ?? '')
    }
    lab.client.put(makeReplicaSet(3))
    await lab.clock.advance(5000)
    const { status } = lab.client.get('ReplicaSet', key)
    expect(status?.conditions).toMatchObject([{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }])
    expect(status?.conditions?.[0]?.message).toMatch(/^pods "web-\w{5}" is forbidden: exceeded quota: q,/)
    const failures = lab.client.events.filter(({ reason }) => reason === 'FailedCreate')
    expect(failures.length).toBeGreaterThan(9)
    expect(failures.length).toBeLessThan(20)
    expect(failures[0]?.message).toMatch(/^Error creating: pods "web-\w{5}" is forbidden/)

    lab.client.refuse = () => {}
    await lab.clock.advance(20_000)
    expect(lab.client.get('ReplicaSet', key).status).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
      observedGeneration: 1,
    })
  })

  it('counts a pod as available only after minReadySeconds', async () => {
    const replicaSet = makeReplicaSet(1)
    lab.client.put({ ...replicaSet, spec: { ...replicaSet.spec, minReadySeconds: 10 } as ReplicaSet['spec'] })
    await lab.clock.advance(5000)
    expect(lab.client.get('ReplicaSet', key).status).toMatchObject({ readyReplicas: 1 })
    expect(lab.client.get('ReplicaSet', key).status?.availableReplicas).toBeUndefined()
    await lab.clock.advance(7000)
    expect(lab.client.get('ReplicaSet', key).status?.availableReplicas).toBe(1)
  })
})

describe('the order in which pods go', () => {
  const nowMs = Date.parse('2026-01-01T01:00:00Z')
  const pod = (
    name: string,
    changes: {
      ready?: string
      spec?: Partial<Pod['spec']>
      annotations?: Record<string, string>
      phase?: string
      restarts?: number
    } = {},
  ): Pod => ({
    ...makePod(name, {}, { nodeName: 'node-1', ...changes.spec }),
    metadata: { name, uid: name, creationTimestamp: '2026-01-01T00:00:00Z', annotations: changes.annotations ?? {} },
    status: {
      phase: changes.phase ?? 'Running',
      conditions: [
        { type: 'Ready', status: changes.ready ? 'True' : 'False', lastTransitionTime: changes.ready ?? '' },
      ],
      containerStatuses: [{ name: 'c', image: '', imageID: '', ready: true, restartCount: changes.restarts ?? 0 }],
    },
  })
  const old = '2026-01-01T00:00:00Z'
  const recent = '2026-01-01T00:59:50Z'
  const cases: [rule: string, first: Pod, second: Pod][] = [
    ['unassigned before assigned', pod('z', { spec: { nodeName: '' } }), pod('a')],
    ['pending before running', pod('z', { phase: 'Pending' }), pod('a')],
    ['not ready before ready', pod('z'), pod('a', { ready: old })],
    [
      'a lower deletion cost first',
      pod('z', { ready: old, annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1' } }),
      pod('a', { ready: old }),
    ],
    ['ready for a shorter time first', pod('z', { ready: recent }), pod('a', { ready: old })],
    ['more restarts first', pod('z', { ready: old, restarts: 3 }), pod('a', { ready: old })],
  ]
  it.each(cases)('takes %s', (_, first, second) => {
    expect(planDeletions([second, first], [], 1, nowMs).map(({ metadata }) => metadata.name)).toEqual(['z'])
  })

  it('takes the pod that shares its node with the most others', () => {
    const alone = pod('a', { ready: old, spec: { nodeName: 'node-2' } })
    const together = [pod('y', { ready: old }), pod('z', { ready: old })]
    const all = [alone, ...together]
    expect(planDeletions(all, all, 1, nowMs)[0]?.spec?.nodeName).toBe('node-1')
  })
})

it('creates in growing batches and stops after the first one that fails', async () => {
  let calls = 0
  const result = await slowStart(20, async () => {
    if (++calls > 4) throw new Error('no more')
  })
  expect(calls).toBe(7)
  expect(result).toMatchObject({ created: 4, error: new Error('no more') })
})
