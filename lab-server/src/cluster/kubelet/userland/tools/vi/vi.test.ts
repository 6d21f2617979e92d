import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningContainer } from '../../../container-runtime.ts'
import { collect, execute, makeRuntimeFixture, type RuntimeFixture } from '../../../runtime/runtime-fixture.ts'
import { makeEditor } from './editor.ts'
import { readKeys, special } from './keys.ts'
import { press } from './press.ts'
import { describeStatus, draw } from './screen.ts'

const size = { rows: 7, columns: 50 }
const twelve = Array.from({ length: 12 }, (_, index) => `line ${index + 1} word\n`).join('')

function type(keys: string, text = twelve) {
  const editor = makeEditor(text, size, 'f')
  for (const key of readKeys(keys)) press(editor, key)
  return editor
}

test.each([
  ['x', 'one\n', 'ne\n'],
  ['2x', 'one\n', 'e\n'],
  ['lX', 'one\n', 'ne\n'],
  ['dd', 'a\nb\n', 'b\n'],
  ['dd', 'a\n', '\n'],
  ['2dd', 'a\nb\nc\n', 'c\n'],
  ['dw', 'one two\n', 'two\n'],
  ['wdw', 'one two\nthree\n', 'one \nthree\n'],
  ['d2w', 'a b c\n', 'c\n'],
  ['cwnew\x1b', 'one two\n', 'new two\n'],
  ['ccnew\x1b', 'one\ntwo\n', 'new\ntwo\n'],
  ['wC!\x1b', 'one two\n', 'one !\n'],
  ['wD', 'one two\n', 'one \n'],
  ['d$', 'one\ntwo\n', '\ntwo\n'],
  ['dG', 'one\ntwo\n', '\n'],
  ['jdgg', 'one\ntwo\nthree\n', 'three\n'],
  ['dfe', 'one two\n', ' two\n'],
  ['ihi \x1b', 'you\n', 'hi you\n'],
  ['a1\x1bA2\x1bI3\x1b', 'x\n', '3x12\n'],
  ['ofoo\x1bObar\x1b', 'x\n', 'x\nbar\nfoo\n'],
  ['ia\rb\x1b', 'x\n', 'a\nbx\n'],
  ['iab\x7fc\x1b', '\n', 'ac\n'],
  ['Rxyz\x1b', 'ab\n', 'xyz\n'],
  ['yyp', 'a\nb\n', 'a\na\nb\n'],
  ['yyjP', 'a\nb\n', 'a\na\nb\n'],
  ['ddp', 'a\nb\n', 'b\na\n'],
  ['xp', 'ab\n', 'ba\n'],
  ['"ayyj"ap', 'a\nb\n', 'a\nb\na\n'],
  ['J', 'a\n  b\n', 'a b\n'],
  ['rZ', 'ab\n', 'Zb\n'],
  ['2~', 'abc\n', 'ABc\n'],
  ['>>', 'a\n', '\ta\n'],
  ['<<', '\ta\n', 'a\n'],
  ['xu', 'ab\n', 'ab\n'],
  ['xxuu', 'abc\n', 'abc\n'],
  ['ihello\x1bu', 'x\n', 'x\n'],
  ['x.', 'abc\n', 'c\n'],
  ['cwx\x1bw.', 'a b\n', 'x x\n'],
  ['ox\x1b.', 'a\n', 'a\nx\nx\n'],
  [':s/o/0/\r', 'oo\n', '0o\n'],
  [':%s/o/0/g\r', 'oo\no\n', '00\n0\n'],
  [':2,$d\r', 'a\nb\nc\n', 'a\n'],
  [`${'\x1b[B'}dd`, 'a\nb\n', 'a\n'],
])('%j turns %j into %j', (keys, text, expected) => {
  expect(type(keys, text).text).toBe(expected)
})

test.each([
  ['5j', 'line 6 word'],
  ['G', 'line 12 word'],
  ['3G', 'line 3 word'],
  ['Ggg', 'line 1 word'],
  [':4\r', 'line 4 word'],
  ['/7\r', '7 word'],
  ['/word\rnn', 'word'],
  ['?12\r', '12 word'],
  ['/word\rnN', 'word'],
  ['we', 'd'],
  ['wwb', '1 word'],
  ['$', 'd'],
  ['$0', 'line 1 word'],
  ['fr', 'rd'],
  ['\x06', 'line 7 word'],
  ['\x06\x02', 'line 7 word'],
  ['\x04', 'line 4 word'],
])('%j leads to %j', (keys, there) => {
  const { text, cursor } = type(keys)
  expect(text.slice(cursor).split('\n')[0]).toBe(there)
})

test.each([
  ['', '- f 1/12 8%'],
  ['i', 'I f 1/12 8%'],
  ['R', 'R f 1/12 8%'],
  ['x', '- f [Modified] 1/12 8%'],
  ['xu', 'Undo [1] restored 1 chars at position 0'],
  ['dd', 'Delete 1 lines (12 chars) from [D]'],
  ['yy', 'Yank 1 lines (12 chars) from [D]'],
  ['yyp', 'Put 1 lines (12 chars) from [D]'],
  [':w', ':w'],
  [':foo\r', "\x1b[7m'foo' is not implemented\x1b[m"],
  ['x:q\r', '\x1b[7mNo write since last change (:q! overrides)\x1b[m'],
  ['/zzz\r', '\x1b[7mPattern not found\x1b[m'],
  ['G/line 2\r', '\x1b[7msearch hit BOTTOM, continuing at TOP\x1b[m'],
  [':99\r', '\x1b[7mInvalid range\x1b[m'],
  [':s/nope/x/\r', '\x1b[7mNo match\x1b[m'],
  [':%s/word/W/\r', '12 substitutions on 12 lines'],
  [':set nu\r', '\x1b[7mbad option: nu\x1b[m'],
  ['q', "\x1b[7m'q' is not implemented\x1b[m"],
])('after %j the last row says %j', (keys, last) => {
  expect(draw(type(keys)).rows.at(-1)).toBe(last)
})

test('shows long lines from the cursor on, tabs as blanks, and rows behind the text as tildes', () => {
  expect(draw(type('$', `${'x'.repeat(70)}end\na\tb\n`))).toMatchObject({ cursor: { row: 1, column: 50 } })
  expect(draw(type('', 'a\tb\n')).rows.slice(0, 3)).toEqual(['a       b', '~', '~'])
  expect(draw(type('99G')).cursor.row).toBe(4)
})

const anyKey = fc.oneof(
  fc.constantFrom(
    ...'hjklwbe0^$GHMLiaAIoOxXdDcCyYpPJr~u.nN/?:<>fFtT;,%{}gmZzR\'"123\r\t\x1b\x1b\x7f\x04\x15\x06\x02',
    ...Object.values(special),
  ),
  fc.constantFrom('dd', 'yy', 'cc', 'dw', 'cw', 'gg', ':s/a/b/\r', ':%s/a/xx/g\r', ':1,2d\r', ':w\r', 'ü', '/a\r'),
)

test('whatever is typed, the cursor stays in the text, and undoing leads back', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\t', 'ü'), maxLength: 6 }), { maxLength: 5 })
  fc.assert(
    fc.property(texts, fc.array(anyKey, { maxLength: 40 }), (lines, keys) => {
      const editor = makeEditor(lines.join('\n'), { rows: 3, columns: 20 }, 'f')
      const first = editor.text
      for (const key of keys.flatMap((one) => [...one])) {
        press(editor, key)
        expect(editor.text.endsWith('\n')).toBe(true)
        expect(editor.cursor).toBeGreaterThanOrEqual(0)
        expect(editor.cursor).toBeLessThan(editor.text.length)
        const { cursor, rows } = draw(editor)
        expect(rows).toHaveLength(4)
        expect(cursor.row).toBeGreaterThanOrEqual(1)
        expect(cursor.row).toBeLessThanOrEqual(4)
        expect(describeStatus(editor)).toMatch(/\d+\/\d+ \d+%$/)
      }
      press(editor, '\x1b')
      press(editor, '\x1b')
      for (let turn = 0; turn < 500 && editor.past.length > 0; turn += 1) press(editor, 'u')
      expect(editor.text).toBe(first)
    }),
    { numRuns: 300 },
  )
})

let fixture: RuntimeFixture
let container: RunningContainer

beforeAll(async () => {
  fixture = makeRuntimeFixture()
  container = await fixture.start({ command: ['sleep', '1000'] })
})
afterAll(() => fixture.stop())

function open(command: string[], of = container) {
  const stdin = new PassThrough()
  const screen = collect()
  const { exited } = of.exec(command, {
    stdin,
    stdout: screen.stream,
    stderr: screen.stream,
    tty: true,
    onResize: (listener) => listener({ columns: 80, rows: 24 }),
  })
  return { type: (keys: string) => stdin.write(keys), screen, exited }
}

test('edits a file from a shell, and gives the screen back', async () => {
  const { type: press, screen, exited } = open(['sh'])
  await screen.waitFor(/# $/)
  press('vi /tmp/note\r')
  await screen.waitFor(/- \/tmp\/note 1\/1 100%/)
  press('ihello\x1b')
  await screen.waitFor(/- \/tmp\/note \[Modified\] 1\/1 100%/)
  press(':wq\r')
  await screen.waitFor(/'\/tmp\/note' 1L, 6C[\s\S]*\/ # $/)
  press('cat /tmp/note\r')
  await screen.waitFor(/cat \/tmp\/note\r\nhello\r\n/)
  press('exit\r')
  expect((await exited).exitCode).toBe(0)
})

test('says why a file cannot be written', async () => {
  const readOnly = await fixture.start({ command: ['sleep', '100'], readOnlyRootFilesystem: true })
  const { type: press, screen, exited } = open(['vi', '/etc/hosts'], readOnly)
  await screen.waitFor(/- \/etc\/hosts \[Readonly\] 1\/2 50%/)
  press('x:w\r')
  await screen.waitFor(/'\/etc\/hosts' is read only/)
  press(':w!\r')
  await screen.waitFor(/'\/etc\/hosts' Read-only file system/)
  press(':q!\r')
  expect((await exited).exitCode).toBe(0)
  expect((await execute(container, ['vi', '/etc/hosts'])).exitCode).toBe(1)
})
