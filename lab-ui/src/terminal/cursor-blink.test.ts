import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { blinkCursor } from './cursor-blink.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function blinking() {
  const element = { dataset: {} as DOMStringMap }
  let move = () => {}
  const onCursorMove = (callback: () => void) => {
    move = callback
    return { dispose: () => (move = () => {}) }
  }
  const end = blinkCursor({ element, onCursorMove })
  return { isHidden: () => element.dataset.cursor === 'hidden', move: () => move(), end }
}

it('hides the cursor and shows it again, in turns', () => {
  const { isHidden, end } = blinking()
  const seen = [0, 600, 600, 600].map((ms) => vi.advanceTimersByTime(ms) && isHidden())
  expect(seen).toEqual([false, true, false, true])
  end()
})

it('shows a cursor that moves, and lets it rest for a moment', () => {
  const { isHidden, move, end } = blinking()
  vi.advanceTimersByTime(600)
  expect(isHidden()).toBe(true)
  move()
  expect(isHidden()).toBe(false)
  vi.advanceTimersByTime(600)
  expect(isHidden()).toBe(false)
  vi.advanceTimersByTime(600)
  expect(isHidden()).toBe(true)
  end()
})

it('leaves the cursor shown, and no timer', () => {
  const { isHidden, end } = blinking()
  vi.advanceTimersByTime(600)
  end()
  expect(isHidden()).toBe(false)
  expect(vi.getTimerCount()).toBe(0)
})
