import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { unifiedDiff } from './unified-diff.ts'

it('shows changed lines with three lines around them', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].join('\n')
  const after = ['a', 'b', 'c', 'd', 'X', 'f', 'g', 'h'].join('\n')
  expect(unifiedDiff(before, after, { before: 'healthy', after: 'now' })).toBe(
    ['--- healthy', '+++ now', '@@ -2,7 +2,7 @@', ' b', ' c', ' d', '-e', '+X', ' f', ' g', ' h'].join('\n'),
  )
})

it('shows a new and a deleted text', () => {
  expect(unifiedDiff('', 'a\n')).toBe('--- before\n+++ after\n@@ -0,0 +1,1 @@\n+a')
  expect(unifiedDiff('a\n', '')).toBe('--- before\n+++ after\n@@ -1,1 +0,0 @@\n-a')
  expect(unifiedDiff('a', 'a')).toBe('')
})

it('can be applied by patch, whatever the texts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'diff-'))
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'dd', ''), { minLength: 1, maxLength: 25 })
  try {
    fc.assert(
      fc.property(lines, lines, (one, other) => {
        const [before, after] = [one, other].map((text) => `${text.join('\n')}\n`) as [string, string]
        const diff = unifiedDiff(before, after)
        if (diff === '') return before === after
        writeFileSync(join(folder, 'file'), before)
        execFileSync('patch', ['-s', 'file'], { cwd: folder, input: `${diff}\n` })
        return readFileSync(join(folder, 'file'), 'utf8') === after
      }),
      { numRuns: 40 },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
