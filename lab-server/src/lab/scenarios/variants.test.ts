import { describe, expect, it } from 'vitest'
import type { Scenario } from './scenario.ts'
import { filled, fillText, unfilled, variantOf } from './variants.ts'

const scenario = {
  faults: [
    {
      patch: 'Service/backend-svc',
      ops: [{ op: 'replace', path: '/spec/{{field}}', value: '{{port}}' }],
    },
  ],
  hints: [{ cost: 5, text: 'Look at {{field}}.' }],
  variants: [
    { field: 'a', port: 1 },
    { field: 'b', port: 2 },
  ],
} as unknown as Scenario

describe('variants', () => {
  it('are picked by the seed: the same seed, the same variant', () => {
    const [one, two] = [variantOf(scenario, 1), variantOf(scenario, 4)]
    expect(one.faults).toEqual([{ patch: 'Service/backend-svc', ops: [{ op: 'replace', path: '/spec/b', value: 2 }] }])
    expect(variantOf(scenario, 1)).toEqual(one)
    expect(two.hints).toEqual([{ cost: 5, text: 'Look at a.' }])
  })

  it('fill keys and texts, and keep the type of a value that stands alone', () => {
    expect(filled({ '{{label}}': ['{{port}}', 'x{{port}}'] }, { label: 'tier', port: 80 })).toEqual({
      tier: [80, 'x80'],
    })
    expect(fillText('echo {{port}} {{other}}', { port: 80 })).toBe('echo 80 {{other}}')
  })

  it('leave a scenario without variants as it is, and name what nothing fills', () => {
    const plain = { ...scenario, variants: undefined }
    expect(variantOf(plain, 3)).toBe(plain)
    expect(unfilled(plain.faults)).toEqual(['{{field}}', '{{port}}'])
  })
})
