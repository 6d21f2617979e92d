import { describe, expect, it } from 'vitest'
import {
  type ContainerEvent,
  type ContainerRecord,
  newContainerRecord,
  nextBackoff,
  nextContainerState,
  restartDecision,
} from './container-state.ts'

const image = { imageName: 'docker.io/library/busybox:1.36', imageId: 'sha256:1' }
const start = (containerId: string): ContainerEvent => ({
  type: 'started',
  containerId,
  ...image,
  started: true,
  ready: true,
})
const recordAfter = (...events: [ContainerEvent, number][]): ContainerRecord =>
  events.reduce((record, [event, ms]) => nextContainerState(record, event, ms), newContainerRecord('ContainerCreating'))

describe('nextContainerState', () => {
  const transitions: [string, ContainerRecord, Partial<ContainerRecord>][] = [
    [
      'held → waiting with its reason',
      recordAfter([{ type: 'held', reason: 'ErrImagePull', message: 'no' }, 0]),
      { phase: { kind: 'waiting', reason: 'ErrImagePull', message: 'no' }, restartCount: 0 },
    ],
    [
      'started → running',
      recordAfter([start('a'), 5]),
      { phase: { kind: 'running', startedAtMs: 5 }, ready: true, restartCount: 0 },
    ],
    [
      'exit 0 → Completed',
      recordAfter([start('a'), 5], [{ type: 'exited', exitCode: 0 }, 9]),
      {
        phase: {
          kind: 'terminated',
          containerId: 'a',
          exitCode: 0,
          reason: 'Completed',
          startedAtMs: 5,
          finishedAtMs: 9,
        },
        ready: false,
        started: false,
      },
    ],
    [
      'killed for memory → OOMKilled',
      recordAfter([start('a'), 5], [{ type: 'exited', exitCode: 137, oomKilled: true }, 9]),
      {
        phase: {
          kind: 'terminated',
          containerId: 'a',
          exitCode: 137,
          reason: 'OOMKilled',
          startedAtMs: 5,
          finishedAtMs: 9,
        },
      },
    ],
    [
      'restarted → the old end is the last state, the count goes up',
      recordAfter([start('a'), 5], [{ type: 'exited', exitCode: 1 }, 9], [start('b'), 10]),
      {
        restartCount: 1,
        containerId: 'b',
        last: { containerId: 'a', exitCode: 1, reason: 'Error', startedAtMs: 5, finishedAtMs: 9 },
      },
    ],
    [
      'no such command → RunContainerError, and StartError as the last state',
      recordAfter([{ type: 'start-failed', containerId: 'a', ...image, exitCode: 128, message: 'm' }, 9]),
      {
        phase: { kind: 'waiting', reason: 'RunContainerError', message: 'm' },
        last: { containerId: 'a', exitCode: 128, reason: 'StartError', message: 'm', startedAtMs: 0, finishedAtMs: 9 },
        restartCount: 0,
      },
    ],
    [
      'no such command, and never again → terminated with StartError',
      recordAfter([
        { type: 'start-failed', containerId: 'a', ...image, exitCode: 128, message: 'm', isFinal: true },
        9,
      ]),
      {
        phase: {
          kind: 'terminated',
          containerId: 'a',
          exitCode: 128,
          reason: 'StartError',
          message: 'm',
          startedAtMs: 0,
          finishedAtMs: 9,
        },
      },
    ],
    [
      'backing off → the end moves to the last state',
      recordAfter([start('a'), 5], [{ type: 'exited', exitCode: 1 }, 9], [{ type: 'backing-off', message: 'b' }, 10]),
      {
        phase: { kind: 'waiting', reason: 'CrashLoopBackOff', message: 'b' },
        last: { containerId: 'a', exitCode: 1, reason: 'Error', startedAtMs: 5, finishedAtMs: 9 },
      },
    ],
    [
      'lost with its node → exit code 255',
      recordAfter([start('a'), 5], [{ type: 'lost' }, 9]),
      {
        phase: {
          kind: 'terminated',
          containerId: 'a',
          exitCode: 255,
          reason: 'Unknown',
          startedAtMs: 5,
          finishedAtMs: 9,
        },
      },
    ],
    [
      'a probe of an ended container changes nothing',
      recordAfter([{ type: 'readiness', ready: true }, 9]),
      { ready: false },
    ],
  ]
  it.each(transitions)('%s', (_what, record, expected) => {
    expect(record).toMatchObject(expected)
  })
})

describe('restartDecision', () => {
  const ended = (exitCode: number) => recordAfter([start('a'), 0], [{ type: 'exited', exitCode }, 1000])
  const decisions: [string, ContainerRecord, 'Always' | 'OnFailure' | 'Never', number, object][] = [
    ['never started', newContainerRecord('x'), 'Never', 0, { kind: 'start' }],
    ['first crash', ended(1), 'Always', 1000, { kind: 'start' }],
    ['success under Always', ended(0), 'Always', 1000, { kind: 'start' }],
    ['success under OnFailure', ended(0), 'OnFailure', 1000, { kind: 'never' }],
    ['failure under OnFailure', ended(1), 'OnFailure', 1000, { kind: 'start' }],
    ['failure under Never', ended(1), 'Never', 1000, { kind: 'never' }],
    [
      'inside its back-off, counted from its end',
      { ...ended(1), backoff: { delayMs: 20_000, updatedAtMs: 0 } },
      'Always',
      2000,
      { kind: 'wait', untilMs: 21_000, delayMs: 20_000 },
    ],
    ['after it', { ...ended(1), backoff: { delayMs: 20_000, updatedAtMs: 0 } }, 'Always', 21_000, { kind: 'start' }],
    ['in a new sandbox', { ...ended(0), isFresh: true }, 'OnFailure', 0, { kind: 'start' }],
  ]
  it.each(decisions)('%s', (_what, record, policy, nowMs, expected) => {
    expect(restartDecision(record, policy, nowMs)).toEqual(expected)
  })
})

describe('nextBackoff', () => {
  it('doubles from 10 s to 5 min', () => {
    const delays: number[] = []
    let backoff = nextBackoff(undefined, undefined, 0)
    for (let restart = 0; restart < 7; restart++) {
      delays.push(backoff.delayMs / 1000)
      backoff = nextBackoff(backoff, undefined, 0)
    }
    expect(delays).toEqual([10, 20, 40, 80, 160, 300, 300])
  })
})
