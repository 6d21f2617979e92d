import { expect, test } from 'vitest'
import { type EditedLine, emptyLine, nextLine, splitKeys } from './edit-line.ts'

const history = ['first', 'second']

/** The line after the keys. */
function press(keys: string, start: EditedLine = emptyLine(history.length)): EditedLine {
  return splitKeys(keys).reduce((line, key) => nextLine(line, key, history).line, start)
}

test.each([
  ['abc', 'abc|'],
  ['abc\x7f', 'ab|'],
  ['abc\x1b[D\x1b[DX', 'aX|bc'],
  ['abc\x01X', 'X|abc'],
  ['one two\x17', 'one |'],
  ['one two\x15', '|'],
  ['one two\x1bb\x0b', 'one |'],
  ['abc\x01\x1b[3~', '|bc'],
  ['abc\x01\x04', '|bc'],
  ['\x1b[A', 'second|'],
  ['\x1b[A\x1b[A\x1b[A', 'first|'],
  ['typed\x1b[A\x1b[B', 'typed|'],
  ['a\x1b[200~b', 'ab|'],
  ['ä€\x7f', 'ä|'],
])('%j leaves %s', (keys, shown) => {
  const { text, cursor } = press(keys)
  expect(`${text.slice(0, cursor)}|${text.slice(cursor)}`).toBe(shown)
})

test('says when a line is done, given up, or the input is over', () => {
  const line = press('ls')
  expect(nextLine(line, '\r', history).action).toBe('enter')
  expect(nextLine(line, '\x03', history).action).toBe('interrupt')
  expect(nextLine(line, '\x04', history).action).toBeUndefined()
  expect(nextLine(emptyLine(0), '\x04', history).action).toBe('end-of-file')
})
