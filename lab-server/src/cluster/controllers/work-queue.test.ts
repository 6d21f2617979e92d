import { beforeEach, describe, expect, it } from 'vitest'
import { makeVirtualClock, type VirtualClock } from '../virtual-clock.ts'
import { type RunResult, WorkQueue } from './work-queue.ts'

let clock: VirtualClock
let runs: string[]
let errors: unknown[]
const makeQueue = (run: (key: string) => Promise<RunResult | undefined>, workers = 2) =>
  new WorkQueue({
    clock,
    workers,
    run: (key) => {
      runs.push(key)
      return run(key)
    },
    onError: (error) => errors.push(error),
  })
const seconds = () => (clock.now() - Date.UTC(2026, 0, 1)) / 1000

beforeEach(() => {
  clock = makeVirtualClock()
  runs = []
  errors = []
})

describe('a work queue', () => {
  it('runs a key once however often it was added', async () => {
    const queue = makeQueue(async () => undefined)
    for (let time = 0; time < 10; time++) queue.add('a')
    await clock.advance(0)
    expect(runs).toEqual(['a'])
  })

  it('runs a key again when it was added during its run, but never twice at once', async () => {
    let release = () => {}
    let atOnce = 0
    let most = 0
    const queue = makeQueue(async () => {
      most = Math.max(most, ++atOnce)
      await new Promise<void>((resolve) => {
        release = resolve
      })
      atOnce--
      return undefined
    })
    queue.add('a')
    await clock.advance(0)
    queue.add('a')
    queue.add('a')
    await clock.advance(0)
    release()
    await clock.advance(0)
    release()
    await clock.advance(0)
    expect(runs).toEqual(['a', 'a'])
    expect(most).toBe(1)
  })

  it('works on no more keys at once than it has workers', async () => {
    const releases: (() => void)[] = []
    const queue = makeQueue(() => new Promise((resolve) => releases.push(() => resolve(undefined))), 2)
    for (const key of ['a', 'b', 'c']) queue.add(key)
    await clock.advance(0)
    expect(runs).toEqual(['a', 'b'])
    releases[0]?.()
    await clock.advance(0)
    expect(runs).toEqual(['a', 'b', 'c'])
  })

  it('waits 5 milliseconds after an error and twice as long after each further one', async () => {
    const times: number[] = []
    const queue = makeQueue(async () => {
      times.push(seconds())
      throw new Error('no')
    })
    queue.add('a')
    await clock.advance(100)
    expect(times).toEqual([0, 0.005, 0.015, 0.035, 0.075])
    expect(errors).toHaveLength(5)
  })

  it('forgets the back-off after a success, and backs off without an error when asked to', async () => {
    const results: RunResult[] = [{ backOff: true }, { backOff: true }, {}, { backOff: true }, {}]
    const times: number[] = []
    const queue = makeQueue(async () => {
      times.push(seconds())
      return results[times.length - 1]
    })
    queue.add('a')
    await clock.advance(1000)
    queue.add('a')
    await clock.advance(1000)
    expect(times).toEqual([0, 0.005, 0.015, 1, 1.005])
    expect(errors).toEqual([])
  })

  it('runs again after the time that a run asked for', async () => {
    const queue = makeQueue(async () => (runs.length === 1 ? { requeueAfterMs: 3000 } : undefined))
    queue.add('a')
    await clock.advance(2999)
    expect(runs).toHaveLength(1)
    await clock.advance(1)
    expect(runs).toHaveLength(2)
  })

  it('stops after the work in flight, and takes no more', async () => {
    let release = () => {}
    const queue = makeQueue(
      () =>
        new Promise((resolve) => {
          release = () => resolve({ requeueAfterMs: 1 })
        }),
    )
    queue.add('a')
    await clock.advance(0)
    let isStopped = false
    const stopped = queue.stop().then(() => {
      isStopped = true
    })
    await clock.advance(0)
    expect(isStopped).toBe(false)
    release()
    await stopped
    queue.add('b')
    await clock.advance(1000)
    expect(runs).toEqual(['a'])
  })
})
