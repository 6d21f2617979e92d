import { expect, it } from 'vitest'
import { isHeld, nextHold } from './hold.ts'

const all = (nowMs: number, restarts = {}) => ({ allHold: true, restarts, nowMs })

it('starts a window when everything holds and keeps it while it does', () => {
  const first = nextHold(undefined, all(1_000))
  const later = nextHold(first, all(6_000))
  expect(later).toEqual({ sinceMs: 1_000, restarts: {} })
  expect(isHeld(later, 10, 10_999)).toBe(false)
  expect(isHeld(later, 10, 11_000)).toBe(true)
})

it('forgets the window when anything fails, so that flapping never solves', () => {
  const first = nextHold(undefined, all(0))
  const broken = nextHold(first, { allHold: false, restarts: {}, nowMs: 9_000 })
  const again = nextHold(broken, all(9_500))
  expect(broken).toBeUndefined()
  expect(isHeld(again, 10, 12_000)).toBe(false)
})

it('starts anew when a container restarted during the window', () => {
  const first = nextHold(undefined, all(0, { a: 2 }))
  expect(nextHold(first, all(5_000, { a: 2 }))?.sinceMs).toBe(0)
  expect(nextHold(first, all(5_000, { a: 3 }))?.sinceMs).toBe(5_000)
})
