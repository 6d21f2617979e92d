import { expect, it } from 'vitest'
import { makeEndingClock } from './ending-clock.ts'
import { makeVirtualClock } from './virtual-clock.ts'

it('tells time and fires timers until it ends, and none after', async () => {
  const clock = makeVirtualClock(1000)
  const ending = makeEndingClock(clock)
  const fired: string[] = []
  ending.after(10, () => fired.push('early'))
  ending.after(20, () => fired.push('cancelled')).cancel()
  ending.after(30, () => fired.push('late'))
  await clock.advance(25)
  expect([ending.now(), fired]).toEqual([1025, ['early']])
  ending.end()
  ending.after(1, () => fired.push('after the end'))
  await clock.advance(100)
  expect(fired).toEqual(['early'])
})

it('leaves the clock behind it alone', async () => {
  const clock = makeVirtualClock(0)
  const fired: string[] = []
  clock.after(10, () => fired.push('other'))
  makeEndingClock(clock).end()
  await clock.advance(10)
  expect(fired).toEqual(['other'])
})
