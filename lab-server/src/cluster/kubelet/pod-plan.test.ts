import { expect, it } from 'vitest'
import type { Pod } from '../objects/types.ts'
import { type ContainerRecord, newContainerRecord } from './container-state.ts'
import { podContainers } from './pod-containers.ts'
import { planPod } from './pod-plan.ts'

const pod = (restartPolicy: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    restartPolicy,
    initContainers: [{ name: 'i1' }, { name: 'side', restartPolicy: 'Always' }, { name: 'i2' }],
    containers: [{ name: 'a' }, { name: 'b' }],
  },
})
const base = newContainerRecord('PodInitializing')
const begun = { ...base, instances: 1, instancesHere: 1 }
const ended = (exitCode: number): ContainerRecord => ({
  ...begun,
  phase: { kind: 'terminated', containerId: 'x', exitCode, reason: '', startedAtMs: 0, finishedAtMs: 0 },
})
const states: Record<string, ContainerRecord> = {
  '-': base,
  R: { ...begun, phase: { kind: 'running', startedAtMs: 0 }, started: true },
  // Runs, but its startup probe has not passed.
  r: { ...begun, phase: { kind: 'running', startedAtMs: 0 } },
  '0': ended(0),
  '1': ended(1),
}

// Letters are the states of i1, side, i2, a and b.
const cases: [string, string, string, string][] = [
  ['-----', 'Always', 'start i1', ''],
  ['R----', 'Always', '', ''],
  ['1----', 'Always', 'start i1', ''],
  ['1----', 'Never', '', 'Failed'],
  ['0----', 'Always', 'start side', ''],
  ['0r---', 'Always', '', ''],
  ['0R---', 'Always', 'start i2', ''],
  ['0R0--', 'Always', 'start a b', ''],
  ['0R0R-', 'Always', 'start b', ''],
  ['0R0RR', 'Always', '', ''],
  ['010RR', 'Always', 'start side', ''],
  ['0R00R', 'Always', 'start a', ''],
  ['0R00R', 'OnFailure', '', ''],
  ['0R000', 'OnFailure', 'stop side', ''],
  ['00000', 'OnFailure', '', 'Succeeded'],
  ['00001', 'Never', '', 'Failed'],
  ['00001', 'OnFailure', 'start side b', ''],
]
it.each(cases)('%s under %s: %s %s', (letters, policy, steps, outcome) => {
  const names = ['i1', 'side', 'i2', 'a', 'b']
  const recordOf = (name: string) => states[letters[names.indexOf(name)] ?? '-'] ?? base
  const plan = planPod(podContainers(pod(policy)), recordOf, 0)
  const listed = (verb: string, found: { name: string }[]) =>
    found.length > 0 ? `${verb} ${found.map(({ name }) => name).join(' ')}` : ''
  expect([listed('start', plan.start), listed('stop', plan.stop)].filter(Boolean).join('; ')).toBe(steps)
  expect(plan.outcome ?? '').toBe(outcome)
})
