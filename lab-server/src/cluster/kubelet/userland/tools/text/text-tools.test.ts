import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningContainer } from '../../../container-runtime.ts'
import { execute, makeRuntimeFixture, type RuntimeFixture } from '../../../runtime/runtime-fixture.ts'
import { posixChecksum } from './compare-tools.ts'
import { editScript } from './edit-script.ts'
import { lineOrder, parseSortKey } from './sort-order.ts'
import { expandSet } from './tr.ts'

let fixture: RuntimeFixture
let container: RunningContainer

beforeAll(async () => {
  fixture = makeRuntimeFixture()
  container = await fixture.start({ command: ['sleep', '1000'] })
})
afterAll(() => fixture.stop())

const sh = (line: string) => execute(container, ['sh', '-c', `rm -rf /tmp/w; mkdir /tmp/w; cd /tmp/w; ${line}`])

// Each as BusyBox answered it.
test.each([
  ["printf '_\\na\\nA\\nb\\nB\\n' | sort", 'A\nB\n_\na\nb\n'],
  ["printf 'b\\nB\\na\\n' | sort -f", 'a\nB\nb\n'],
  ["printf 'b 3\\na 10\\nc 2\\n' | sort -k2n", 'c 2\nb 3\na 10\n'],
  ["printf 'x:3:a\\ny:1:b\\n' | sort -t: -k2,2nr", 'x:3:a\ny:1:b\n'],
  ["printf '1\\n01\\n2\\n' | sort -nu", '01\n2\n'],
  ["printf '1K\\n2M\\n500\\n' | sort -h", '500\n1K\n2M\n'],
  ["printf 'DEC\\nJAN\\n' | sort -M", 'JAN\nDEC\n'],
  ["printf 'v1.10\\nv1.2\\n' | sort -V", 'v1.2\nv1.10\n'],
  ['seq 3 | paste -sd,', '1,2,3\n'],
  ["printf 'a\\na\\nb\\n' | uniq -c", '      2 a\n      1 b\n'],
  ["printf 'x a\\ny a\\n' | uniq -f 1", 'x a\n'],
  ["printf 'a\\0b' | tr '\\0' '\\n'", 'a\nb'],
  ["echo hello | tr 'a-y' 'b-z'", 'ifmmp\n'],
  ["printf 'aabb\\n' | tr -cd 'a\\n'", 'aa\n'],
  ["printf 'a:b\\nplain\\n' | cut -d: -f2", 'b\nplain\n'],
  ['echo hello | wc', '        1         1         6\n'],
  ["printf 'a b c d\\n' | fold -w 3", 'a b\n c \nd\n'],
  ["printf '        b\\n' | unexpand", '\tb\n'],
  ['echo hello | od -An -tx1', ' 68 65 6c 6c 6f 0a\n'],
  [
    "printf 'hello\\377' | hexdump -C",
    '00000000  68 65 6c 6c 6f ff                                 |hello.|\n00000006\n',
  ],
  ['echo hello | xxd', '00000000: 6865 6c6c 6f0a                           hello.\n'],
  ['printf hello > y; printf hexxo > z; cmp y z', 'y z differ: char 3, line 1\n'],
  ["printf '1\\n2\\n' > a; printf '2\\n3\\n' > b; diff a b", '--- a\n+++ b\n@@ -1,2 +1,2 @@\n-1\n 2\n+3\n'],
  ['echo hi > f; gzip f; ls; gunzip f.gz; cat f', 'f.gz\nhi\n'],
  ["expr hello : '\\(h.\\)'", 'he\n'],
  ['echo hello | md5sum', 'b1946ac92492d2347c6235b4d2611184  -\n'],
  ["printf 'a\\nb\\n' | cat -A; printf 'a\\nb\\nc\\n' | head -n -1", 'a$\nb$\na\nb\n'],
  ["printf 'b a\\nc\\n' | xargs -I % echo '<%>'", '<b a>\n<c>\n'],
  ["printf 'a\\nb\\n' | sed '2i\\X'", 'a\nX\nb\n'],
])('%s', async (line, expected) => {
  expect((await sh(line)).stdout).toBe(expected)
})

test('says how it is used', async () => {
  const help = await sh('xargs --help')
  expect(help.exitCode).toBe(0)
  expect(help.stderr).toMatch(
    /^BusyBox v1\.37\.0 \(.*\) multi-call binary\.\n\nUsage: xargs \[OPTIONS\] \[PROG ARGS\]\n\n/,
  )
  expect((await sh('sort --nonsense')).stderr).toMatch(/^sort: unrecognized option.*\nBusyBox .*\n\nUsage: sort /)
  expect(await sh('echo x | xargs nosuch')).toMatchObject({
    exitCode: 127,
    stderr: 'xargs: nosuch: No such file or directory\n',
  })
})

test('reads keys as the command line writes them', () => {
  expect(parseSortKey('2,2n')).toMatchObject({ start: { field: 2, offset: 1 }, end: { field: 2, offset: 0 } })
  expect(parseSortKey('x')).toBeUndefined()
  expect(parseSortKey('0')).toBeUndefined()
})

test('an order is total, so that sorting twice changes nothing', () => {
  const letters = fc.subarray([...'bdfgnrMhV'])
  const lines = fc.array(fc.string({ unit: 'binary-ascii', maxLength: 6 }), { maxLength: 8 })
  fc.assert(
    fc.property(letters, lines, (flags, list) => {
      const order = lineOrder([], new Set(flags), undefined)
      const once = [...list].sort(order)
      expect([...once].sort(order)).toEqual(once)
    }),
  )
})

test('a difference leads from one text to the other', () => {
  const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n'), { maxLength: 12 })
  fc.assert(
    fc.property(lines, lines, (left, right) => {
      const steps = editScript(left, right, (a, b) => a === b)
      expect(steps.filter(({ kind }) => kind !== '+').map(({ line }) => line)).toEqual(left)
      expect(steps.filter(({ kind }) => kind !== '-').map(({ line }) => line)).toEqual(right)
    }),
  )
})

test('sets of tr and the checksum of POSIX', () => {
  expect(String.fromCharCode(...expandSet('a-c\\n[:digit:]'))).toBe('abc\n0123456789')
  expect(posixChecksum(Buffer.from('hello'))).toBe(3287646509)
})
