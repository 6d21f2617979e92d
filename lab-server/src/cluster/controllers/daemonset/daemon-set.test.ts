import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DaemonSet } from '../../objects/types.ts'
import { scheduler } from '../scheduler/scheduler.ts'
import { startFakeKubelet } from '../testing/fake-kubelet.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makeNode } from '../testing/objects.ts'
import { daemonSetController } from './daemon-set-controller.ts'

const key = { namespace: 'lab', name: 'agent' }
let lab: Harness
beforeEach(() => {
  lab = startHarness([daemonSetController, scheduler])
  startFakeKubelet(lab.client, { clock: lab.clock, bind: false })
  for (const name of ['node-1', 'node-2', 'node-3']) lab.client.put(makeNode(name))
})
afterEach(() => lab.stop())

const put = (spec: Partial<NonNullable<DaemonSet['spec']>> = {}) =>
  lab.client.put({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'lab' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { containers: [{ name: 'c', image: 'agent:1' }], schedulerName: 'default-scheduler' },
      },
      ...spec,
    },
  })
const nodes = () =>
  lab.client
    .list('Pod')
    .map(({ spec }) => spec?.nodeName)
    .sort()
const setImage = (image: string) =>
  lab.client.change('DaemonSet', key, ({ spec }) => {
    const container = spec?.template.spec?.containers[0]
    if (container) container.image = image
  })

describe('a DaemonSet', () => {
  it('runs one pod on each node, also on one that joins later', async () => {
    put()
    await lab.clock.advance(5000)
    lab.client.put(makeNode('node-4'))
    await lab.clock.advance(5000)
    expect(nodes()).toEqual(['node-1', 'node-2', 'node-3', 'node-4'])
    expect(lab.client.get('DaemonSet', key).status).toEqual({
      currentNumberScheduled: 4,
      desiredNumberScheduled: 4,
      numberAvailable: 4,
      numberMisscheduled: 0,
      numberReady: 4,
      observedGeneration: 1,
      updatedNumberScheduled: 4,
    })
  })

  it('tolerates a cordoned node but not a taint of an operator', async () => {
    lab.client.change('Node', { name: 'node-1' }, (node) => {
      node.spec = { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }
    })
    lab.client.change('Node', { name: 'node-2' }, (node) => {
      node.spec = { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }
    })
    put()
    await lab.clock.advance(5000)
    expect(nodes()).toEqual(['node-1', 'node-3'])
  })

  it('leaves a node whose label no longer fits', async () => {
    lab.client.change('Node', { name: 'node-1' }, ({ metadata }) => {
      metadata.labels = { ...metadata.labels, disk: 'ssd' }
    })
    const template = { metadata: { labels: { app: 'agent' } }, spec: { containers: [], nodeSelector: { disk: 'ssd' } } }
    put({ template })
    await lab.clock.advance(5000)
    expect(nodes()).toEqual(['node-1'])
    lab.client.change('Node', { name: 'node-1' }, ({ metadata }) => {
      metadata.labels = { 'kubernetes.io/hostname': 'node-1' }
    })
    await lab.clock.advance(5000)
    expect(nodes()).toEqual([])
  })

  it('replaces old pods one node at a time', async () => {
    put()
    await lab.clock.advance(5000)
    let fewest = 3
    lab.client.watch('Pod', () => {
      const ready = lab.client.list('Pod').filter(({ metadata, status }) => {
        return (
          !metadata.deletionTimestamp &&
          status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True')
        )
      })
      fewest = Math.min(fewest, ready.length)
    })
    setImage('agent:2')
    await lab.clock.advance(30_000)
    expect(lab.client.list('Pod').map(({ spec }) => spec?.containers[0]?.image)).toEqual([
      'agent:2',
      'agent:2',
      'agent:2',
    ])
    expect(fewest).toBe(2)
    expect(lab.client.list('ControllerRevision').map(({ revision }) => revision)).toEqual([1, 2])
  })

  it('starts the new pod beside the old one when it may surge', async () => {
    put({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } })
    await lab.clock.advance(5000)
    let most = 0
    lab.client.watch('Pod', () => {
      most = Math.max(most, lab.client.list('Pod').filter(({ metadata }) => !metadata.deletionTimestamp).length)
    })
    setImage('agent:2')
    await lab.clock.advance(30_000)
    expect(most).toBe(4)
    expect(lab.client.list('Pod').map(({ spec }) => spec?.containers[0]?.image)).toEqual([
      'agent:2',
      'agent:2',
      'agent:2',
    ])
  })

  it('waits with OnDelete until someone deletes a pod', async () => {
    put({ updateStrategy: { type: 'OnDelete' } })
    await lab.clock.advance(5000)
    setImage('agent:2')
    await lab.clock.advance(30_000)
    expect(new Set(lab.client.list('Pod').map(({ spec }) => spec?.containers[0]?.image))).toEqual(new Set(['agent:1']))
  })
})
