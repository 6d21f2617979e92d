import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { PreparedSandbox } from './prepared-sandbox.ts'
import { startWarmPool } from './warm-pool.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A pool whose sandboxes are ready at once; `made` counts them. */
async function poolOf(size: number) {
  const made: string[] = []
  const released: string[] = []
  const prepare = async (id: string) => {
    made.push(id)
    const sandbox = { id, release: async () => void released.push(id) }
    return { sandbox, disconnect() {} } as unknown as PreparedSandbox
  }
  const pool = startWarmPool(size, prepare, () => {}, { quietMs: 10_000, longestMs: 60_000 })
  await vi.advanceTimersByTimeAsync(0)
  return { pool, made, released }
}

it('makes nothing while a class takes what there is, and fills up when all are served', async () => {
  const { pool, made } = await poolOf(3)
  expect(made).toHaveLength(3)
  for (let student = 0; student < 3; student++) {
    expect(pool.take()).toBeDefined()
    await vi.advanceTimersByTimeAsync(4_000)
  }
  expect(made).toHaveLength(3)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(made).toHaveLength(6)
  expect(pool.size()).toBe(3)
})

it('does not wait for ever while somebody asks every few seconds', async () => {
  const { pool, made } = await poolOf(1)
  for (let second = 0; second < 70; second += 5) {
    pool.take()
    await vi.advanceTimersByTimeAsync(5_000)
  }
  expect(made.length).toBeGreaterThan(1)
})

it('releases what nobody took, and makes no more', async () => {
  const { pool, made, released } = await poolOf(2)
  pool.take()
  await pool.stop()
  await vi.advanceTimersByTimeAsync(100_000)
  expect(made).toHaveLength(2)
  expect(released).toHaveLength(1)
})

it('makes as many at once as it may, and no more', async () => {
  const finish: (() => void)[] = []
  const prepare = () =>
    new Promise<PreparedSandbox>((resolve) => finish.push(() => resolve({} as unknown as PreparedSandbox)))
  const pool = startWarmPool(5, prepare, () => {}, { atOnce: 2 })
  expect(finish).toHaveLength(2)
  expect(pool.ids()).toHaveLength(2)
  for (let made = 1; made <= 5; made++) {
    finish[made - 1]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(pool.size()).toBe(made)
    expect(finish).toHaveLength(Math.min(5, made + 2))
  }
})

it('begins nothing for a while after a failure', async () => {
  let tries = 0
  const prepare = async (): Promise<PreparedSandbox> => {
    tries += 1
    throw new Error('no room')
  }
  const problems: unknown[] = []
  startWarmPool(2, prepare, (error) => problems.push(error), { atOnce: 2 })
  await vi.advanceTimersByTimeAsync(9_000)
  expect(tries).toBe(2)
  expect(problems).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(tries).toBe(4)
})
