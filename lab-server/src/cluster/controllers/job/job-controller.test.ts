import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatTime } from '../../clock.ts'
import type { Job, Pod } from '../../objects/types.ts'
import { startFakeKubelet } from '../testing/fake-kubelet.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makeJob } from '../testing/jobs.ts'
import { jobController } from './job-controller.ts'
import { ttlAfterFinishedController } from './ttl-after-finished.ts'

const key = { namespace: 'lab', name: 'work' }
let lab: Harness
/** Exit code of a pod, or undefined while it runs on. */
let exitCodeOf: (pod: Pod) => number | undefined

beforeEach(() => {
  lab = startHarness([jobController, ttlAfterFinishedController])
  exitCodeOf = () => 0
  startFakeKubelet(lab.client, { clock: lab.clock, readyAfterMs: () => 0 })
  const ended = new Set<string>()
  lab.client.watch('Pod', ({ type, object }) => {
    const { uid = '', name = '' } = object.metadata
    if (type === 'DELETED' || object.status?.phase !== 'Running' || ended.has(uid)) return
    ended.add(uid)
    lab.clock.after(1000, () => {
      const exitCode = exitCodeOf(object)
      if (exitCode === undefined || !lab.client.find('Pod', { namespace: 'lab', name })) return
      lab.client.change('Pod', { namespace: 'lab', name }, (pod) => {
        const finishedAt = formatTime(lab.clock.now())
        const state = { terminated: { exitCode, finishedAt } }
        pod.status = {
          phase: exitCode === 0 ? 'Succeeded' : 'Failed',
          containerStatuses: [{ name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state }],
        }
      })
    })
  })
})
afterEach(() => lab.stop())

const run = async (spec: Partial<NonNullable<Job['spec']>>, ms: number) => {
  lab.client.put(makeJob(spec))
  await lab.clock.advance(ms)
}
const status = () => lab.client.get('Job', key).status
const conditions = () => status()?.conditions?.map(({ type, reason, message }) => [type, reason, message])
const events = () => lab.client.events.filter(({ about }) => about === 'Job/work').map(({ reason }) => reason)
const startTimes = () =>
  lab.client
    .list('Pod')
    .map(({ metadata }) => (Date.parse(metadata.creationTimestamp ?? '') - Date.UTC(2026, 0, 1)) / 1000)

describe('a Job that succeeds', () => {
  it('runs its completions in parallel and says that it is complete', async () => {
    await run({ completions: 3, parallelism: 2 }, 10_000)
    expect(status()).toMatchObject({ succeeded: 3, ready: 0, terminating: 0, uncountedTerminatedPods: {} })
    expect(status()?.active).toBeUndefined()
    expect(startTimes()).toEqual([0, 0, 1])
    expect(conditions()).toEqual([
      ['SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods'],
      ['Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'],
    ])
    expect([status()?.startTime, status()?.completionTime]).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:00:02Z'])
    expect(events()).toEqual(['SuccessfulCreate', 'SuccessfulCreate', 'SuccessfulCreate', 'Completed'])
  })

  it('keeps its count when a finished pod is deleted, because the pod waits to be counted', async () => {
    exitCodeOf = (pod) => (pod.metadata.creationTimestamp === '2026-01-01T00:00:00Z' ? 0 : undefined)
    await run({ completions: 2, parallelism: 1 }, 3000)
    for (const { metadata, status: { phase } = {} } of lab.client.list('Pod')) {
      if (phase === 'Succeeded') await lab.client.remove('Pod', { namespace: 'lab', name: metadata.name ?? '' })
    }
    await lab.clock.advance(1000)
    expect(status()).toMatchObject({ succeeded: 1, active: 1 })
  })

  it('gives the pods of an indexed Job an index each', async () => {
    await run({ completions: 3, parallelism: 3, completionMode: 'Indexed' }, 10_000)
    expect(status()?.completedIndexes).toBe('0-2')
    const [pod] = lab.client.list('Pod')
    expect(pod?.metadata.name).toMatch(/^work-0-\w{5}$/)
    expect(pod?.spec?.hostname).toBe('work-0')
    expect(pod?.spec?.containers[0]?.env?.[0]).toEqual({
      name: 'JOB_COMPLETION_INDEX',
      valueFrom: {
        fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" },
      },
    })
  })

  it('is deleted some time after its end when it asks for that', async () => {
    await run({ ttlSecondsAfterFinished: 30 }, 20_000)
    expect(lab.client.find('Job', key)).toBeDefined()
    await lab.clock.advance(15_000)
    expect(lab.client.get('Job', key).metadata.deletionTimestamp).toBeDefined()
  })
})

describe('a Job that fails', () => {
  beforeEach(() => {
    exitCodeOf = () => 1
  })

  it('waits 10, 20 and 40 seconds between its attempts and then gives up', async () => {
    await run({ backoffLimit: 3 }, 200_000)
    expect(startTimes()).toEqual([0, 11, 32, 73])
    expect(status()).toMatchObject({ failed: 4 })
    expect(conditions()).toEqual([
      ['FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'],
      ['Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'],
    ])
    expect(events().at(-1)).toBe('BackoffLimitExceeded')
  })

  it('ends its pods at the deadline', async () => {
    exitCodeOf = () => undefined
    await run({ activeDeadlineSeconds: 3 }, 10_000)
    expect(conditions()?.at(-1)).toEqual([
      'Failed',
      'DeadlineExceeded',
      'Job was active longer than specified deadline',
    ])
    expect(events()).toEqual(['SuccessfulCreate', 'SuccessfulDelete', 'DeadlineExceeded'])
    expect(status()).toMatchObject({ failed: 1, terminating: 0 })
    expect(lab.client.list('Pod')).toEqual([])
  })

  it('fails at once when the pod failure policy says so', async () => {
    exitCodeOf = () => 42
    const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }]
    await run({ podFailurePolicy: { rules }, podReplacementPolicy: 'Failed' }, 5000)
    const [pod] = lab.client.list('Pod')
    expect(conditions()?.at(-1)).toEqual([
      'Failed',
      'PodFailurePolicy',
      `Container c for pod lab/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
    ])
  })
})

it('stops its pods while suspended and starts over when resumed', async () => {
  exitCodeOf = () => undefined
  await run({}, 5000)
  const suspend = (value: boolean) =>
    lab.client.change('Job', key, ({ spec }) => {
      if (spec) spec.suspend = value
    })
  suspend(true)
  await lab.clock.advance(5000)
  expect(conditions()).toEqual([['Suspended', 'JobSuspended', 'Job suspended']])
  expect([status()?.active, status()?.startTime, lab.client.list('Pod').length]).toEqual([undefined, undefined, 0])
  exitCodeOf = () => 0
  suspend(false)
  await lab.clock.advance(60_000)
  expect(status()).toMatchObject({ succeeded: 1 })
  expect(events()).toEqual(expect.arrayContaining(['Suspended', 'Resumed', 'Completed']))
})
