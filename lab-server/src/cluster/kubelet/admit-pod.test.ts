import { expect, it } from 'vitest'
import type { Node, Pod, PodSpec } from '../objects/types.ts'
import { admissionRefusal } from './admit-pod.ts'

const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1', labels: { disk: 'hdd', cores: '2' } },
  status: { allocatable: { cpu: '2', memory: '1Gi', pods: '3' } },
}
const pod = (cpu: string, spec: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], ...spec },
})
const affinity = (operator: string, value: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'cores', operator, values: [value] }] }],
    },
  },
})

const cases: [string, Pod, Pod[], string | undefined][] = [
  ['what fits', pod('500m'), [pod('1500m')], undefined],
  [
    'more CPU than is left',
    pod('64'),
    [pod('950m')],
    "OutOfcpu: Node didn't have enough resource: cpu, requested: 64000, used: 950, capacity: 2000",
  ],
  [
    'one pod too many',
    pod('0'),
    [pod('0'), pod('0'), pod('0')],
    "OutOfpods: Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3",
  ],
  [
    'a node selector that does not match',
    pod('0', { nodeSelector: { disk: 'ssd' } }),
    [],
    "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  ],
  ['an affinity that matches', pod('0', { affinity: affinity('Gt', '1') }), [], undefined],
  [
    'an affinity that does not',
    pod('0', { affinity: affinity('Gt', '2') }),
    [],
    "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  ],
]
it.each(cases)('answers %s', (_what, wanted, others, expected) => {
  const refusal = admissionRefusal(wanted, others, node)
  expect(refusal && `${refusal.reason}: ${refusal.message}`).toBe(expected)
})
