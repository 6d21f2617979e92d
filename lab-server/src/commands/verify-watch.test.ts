import { describe, expect, it } from 'vitest'
import { stepsTouchedBy } from './verify-watch.ts'

describe('a changed file of a scenario', () => {
  it('asks for the proof of the script that it is', () => {
    const isAsked = stepsTouchedBy(['wrong-fixes/catch-all.sh', 'solution.sh'])
    expect(isAsked?.('refused: catch-all')).toBe(true)
    expect(isAsked?.('the solution solves it')).toBe(true)
    expect(isAsked?.('refused: other')).toBe(false)
    expect(isAsked?.('doing nothing earns nothing')).toBe(false)
  })

  it('asks for every proof when it is the scenario itself', () => {
    expect(stepsTouchedBy(['scenario.yaml', 'brief.md'])?.('also accepted: x')).toBe(true)
  })

  it('asks for none when it is a text', () => {
    expect(stepsTouchedBy(['brief.md', 'debrief.md'])).toBeUndefined()
  })
})
