import { expect, test } from 'vitest'
import { clampSize, parseSizes } from './layout.ts'

test('sizes that were kept come back, senseless ones do not', () => {
  expect(parseSizes('{"side":300,"dock":200,"dockFolded":true}')).toEqual({
    side: 300,
    dock: 200,
    sideFolded: false,
    dockFolded: true,
  })
  expect(parseSizes('{"side":99999,"dock":"x"}')).toMatchObject({ side: 560, dock: 290 })
  expect(parseSizes('not json')).toMatchObject({ side: 336 })
  expect(parseSizes(null)).toMatchObject({ side: 336 })
})

test('a panel cannot be dragged away', () => {
  expect(clampSize('side', -50)).toBe(240)
  expect(clampSize('dock', 5000)).toBe(640)
})
