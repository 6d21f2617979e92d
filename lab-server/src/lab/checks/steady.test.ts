import { expect, it } from 'vitest'
import type { ContainerState, KubeObject } from '../kubernetes/objects.ts'
import { checkSteady } from './steady.ts'
import type { Subject } from './subject.ts'

const nowMs = Date.parse('2026-11-28T10:00:00Z')
const ago = (seconds: number) => new Date(nowMs - seconds * 1000).toISOString()

/** Outcome of a check over 15 s for one pod whose container is so. */
async function check(state: ContainerState, lastState: ContainerState = {}) {
  const set: KubeObject = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', uid: 'db' } }
  const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'db', controller: true }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'db-0', ownerReferences: [owner] },
    status: { containerStatuses: [{ name: 'db', ready: true, restartCount: 2, state, lastState }] },
  }
  const all: KubeObject[] = [set, pod]
  const subject = {
    now: () => new Date(nowMs),
    objects: {
      list: (kind: string) => all.filter((object) => object.kind === kind),
      find: (kind: string, name: string) => all.find((object) => object.kind === kind && object.metadata.name === name),
    },
  } as unknown as Subject
  const { status, observed } = await checkSteady({ of: 'StatefulSet/db', seconds: 15 }, subject)
  return `${status}: ${observed}`
}

it('passes when every container has run long enough', async () => {
  expect(await check({ running: { startedAt: ago(16) } })).toBe('passed: none of 1 pods restarted')
})

it('cannot say yet of a container that has only just started: a program may take a while to fail', async () => {
  expect(await check({ running: { startedAt: ago(14) } })).toBe(
    'unknown: container db of pod db-0 has run for 14 of 15 s',
  )
  expect(await check({ waiting: { reason: 'ContainerCreating' } })).toBe(
    'unknown: container db of pod db-0 has run for 0 of 15 s',
  )
})

it('fails where a container has ended, or waits to be started again', async () => {
  const ended = { terminated: { reason: 'Error', exitCode: 1, finishedAt: ago(3) } }
  expect(await check(ended)).toBe('failed: container db of pod db-0 is Error')
  expect(await check({ waiting: { reason: 'CrashLoopBackOff' } }, ended)).toBe(
    'failed: container db of pod db-0 is CrashLoopBackOff',
  )
  expect(await check({ running: { startedAt: ago(2) } }, ended)).toBe(
    'failed: container db of pod db-0 restarted 3 s ago, 2 in all',
  )
})
