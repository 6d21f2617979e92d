import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Pod } from '../../objects/types.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makeClaim, makeNode, makePod } from '../testing/objects.ts'
import { scheduler } from './scheduler.ts'

const notHelpful =
  'no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.'
let lab: Harness

beforeEach(() => {
  lab = startHarness([scheduler])
})
afterEach(() => lab.stop())

const get = (name: string) => lab.client.get('Pod', { namespace: 'lab', name })
const nodeOf = (name: string) => get(name).spec?.nodeName
const requesting = (resources: Record<string, string>, spec: Partial<Pod['spec']> = {}) => ({
  containers: [{ name: 'c', image: 'web:1', resources: { requests: resources } }],
  ...spec,
})

describe('a pod that fits', () => {
  it('is bound and the Event says where', async () => {
    lab.client.put(makeNode('node-1'))
    lab.client.put(makePod('a'))
    await lab.clock.advance(10)
    expect(nodeOf('a')).toBe('node-1')
    expect(lab.client.events).toMatchObject([
      {
        reason: 'Scheduled',
        message: 'Successfully assigned lab/a to node-1',
        component: 'default-scheduler',
        action: 'Binding',
      },
    ])
  })

  it('goes where fewer pods are', async () => {
    lab.client.put(makeNode('node-1'))
    lab.client.put(makeNode('node-2'))
    lab.client.put(makePod('a', {}, requesting({ cpu: '1' })))
    await lab.clock.advance(10)
    lab.client.put(makePod('b', {}, requesting({ cpu: '1' })))
    await lab.clock.advance(10)
    expect([nodeOf('a'), nodeOf('b')].sort()).toEqual(['node-1', 'node-2'])
  })

  it('is left alone when another scheduler is asked for', async () => {
    lab.client.put(makeNode('node-1'))
    lab.client.put(makePod('a', {}, { schedulerName: 'mine' }))
    await lab.clock.advance(10)
    expect(nodeOf('a')).toBeUndefined()
  })
})

// Messages as recorded from Kubernetes 1.36.
const cases: [what: string, spec: Partial<Pod['spec']>, message: string][] = [
  [
    'more than a node has',
    requesting({ cpu: '64', memory: '900Gi' }),
    `0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. ${notHelpful}`,
  ],
  [
    'a label that no node has',
    { nodeSelector: { disk: 'ssd' } },
    `0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. ${notHelpful}`,
  ],
  [
    'a claim that does not exist',
    { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'nosuch' } }] },
    '0/1 nodes are available: persistentvolumeclaim "nosuch" not found. not found',
  ],
  [
    'a claim whose class does not exist',
    { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'noclass' } }] },
    '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
  ],
  [
    'distance from a pod on the only node',
    {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' },
          ],
        },
      },
    },
    "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
  ],
  [
    'a topology that nodes do not have',
    {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'x' } },
        },
      ],
    },
    `0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label). ${notHelpful}`,
  ],
]

describe('a pod that does not fit', () => {
  it.each(cases)('says so when it asks for %s', async (_, spec, message) => {
    lab.client.put(makeNode('node-1'))
    lab.client.put({
      ...makePod('web', { app: 'web' }),
      spec: { containers: [], nodeName: 'node-1' },
      status: { phase: 'Running' },
    })
    lab.client.put(makeClaim('noclass', 'fast-ssd'))
    lab.client.put(makePod('a', {}, spec))
    await lab.clock.advance(10)
    expect(nodeOf('a')).toBeUndefined()
    expect(get('a').status?.conditions).toEqual([
      {
        lastProbeTime: null,
        lastTransitionTime: '2026-01-01T00:00:00Z',
        message,
        observedGeneration: 1,
        reason: 'Unschedulable',
        status: 'False',
        type: 'PodScheduled',
      },
    ])
    expect(lab.client.events).toMatchObject([
      { type: 'Warning', reason: 'FailedScheduling', message, action: 'Scheduling' },
    ])
  })

  it('says so for cordoned and tainted nodes, and is scheduled once the node is free again', async () => {
    lab.client.put(makeNode('node-1', {}, { unschedulable: true }))
    lab.client.put(makePod('a'))
    await lab.clock.advance(10)
    lab.client.change('Node', { name: 'node-1' }, (node) => {
      node.spec = { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }
    })
    await lab.clock.advance(10)
    expect(lab.client.events.map(({ message }) => message)).toEqual([
      `0/1 nodes are available: 1 node(s) were unschedulable. ${notHelpful}`,
      `0/1 nodes are available: 1 node(s) had untolerated taint(s). ${notHelpful}`,
    ])
    lab.client.change('Node', { name: 'node-1' }, (node) => {
      node.spec = {}
    })
    await lab.clock.advance(10)
    expect(nodeOf('a')).toBe('node-1')
  })

  it('is scheduled when another pod makes room', async () => {
    lab.client.put(makeNode('node-1'))
    lab.client.put({
      ...makePod('big', {}, requesting({ cpu: '2' }, { nodeName: 'node-1' })),
      status: { phase: 'Running' },
    })
    lab.client.put(makePod('a', {}, requesting({ cpu: '1' })))
    await lab.clock.advance(10)
    expect(nodeOf('a')).toBeUndefined()
    await lab.client.remove('Pod', { namespace: 'lab', name: 'big' }, { gracePeriodSeconds: 0 })
    await lab.clock.advance(10)
    expect(nodeOf('a')).toBe('node-1')
  })

  it('takes the place of a pod of lower priority', async () => {
    lab.client.put(makeNode('node-1'))
    lab.client.put({
      ...makePod('low', {}, requesting({ cpu: '2' }, { nodeName: 'node-1', priority: 0 })),
      status: { phase: 'Running' },
    })
    lab.client.put(makePod('high', {}, requesting({ cpu: '1' }, { priority: 1000 })))
    await lab.clock.advance(10)
    expect(get('low').metadata.deletionTimestamp).toBeDefined()
    expect(get('high').status?.nominatedNodeName).toBe('node-1')
    await lab.client.remove('Pod', { namespace: 'lab', name: 'low' }, { gracePeriodSeconds: 0 })
    await lab.clock.advance(10)
    expect(nodeOf('high')).toBe('node-1')
  })
})
