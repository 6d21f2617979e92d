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

/** A pool whose sandboxes are ready when `finish` is called. */
function slowPool(size: number, atOnce: number) {
  const waiting: (() => void)[] = []
  let begun = 0
  const prepare = (id: string) => {
    begun += 1
    const sandbox = { sandbox: { id }, disconnect() {} } as unknown as PreparedSandbox
    return new Promise<PreparedSandbox>((resolve) => waiting.push(() => resolve(sandbox)))
  }
  const pool = startWarmPool(size, prepare, () => {}, { atOnce, quietMs: 10_000, longestMs: 60_000 })
  const finish = async () => {
    waiting.shift()?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { pool, finish, begun: () => begun }
}

it('makes as many at once as it may, and no more', async () => {
  const { pool, finish, begun } = slowPool(5, 2)
  expect(begun()).toBe(2)
  expect(pool.ids()).toHaveLength(2)
  for (let made = 1; made <= 5; made++) {
    await finish()
    expect(pool.size()).toBe(made)
    expect(begun()).toBe(Math.min(5, made + 2))
  }
})

it('makes one at a time when students are at work', async () => {
  const { pool, finish, begun } = slowPool(2, 2)
  await finish()
  await finish()
  pool.take()
  pool.take()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(begun()).toBe(3)
  await finish()
  expect(begun()).toBe(4)
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
