import { expect, test } from 'vitest'
import { nextShare } from './cpu-limit.ts'
import { execute, makeRuntimeFixture } from './runtime-fixture.ts'

test.each([
  { share: 1, used: 0.2, limit: 0.5, next: 1 },
  { share: 1, used: 1, limit: 0.5, next: 0.5 },
  { share: 0.5, used: 0.5, limit: 0.5, next: 0.5 },
  { share: 0.5, used: 0.1, limit: 0.5, next: 1 },
  { share: 1, used: 1, limit: 0.001, next: 0.02 },
])('running $share of the time and using $used cores of $limit leads to $next', ({ share, used, limit, next }) => {
  expect(nextShare(share, used, limit)).toBeCloseTo(next)
})

test('slows a busy loop down to its limit, and still lets commands in', async () => {
  const fixture = makeRuntimeFixture()
  const container = await fixture.start({ command: ['sh', '-c', 'while :; do :; done'], cpuLimit: 0.1 })
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const before = await container.usage()
  await new Promise((resolve) => setTimeout(resolve, 2000))
  const after = await container.usage()
  expect((after.cpuNanoseconds - before.cpuNanoseconds) / 2e9).toBeLessThan(0.3)
  expect((await execute(container, ['echo', 'in'])).stdout).toBe('in\n')
  await fixture.stop()
}, 20_000)
