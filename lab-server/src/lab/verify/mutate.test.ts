import { describe, expect, it } from 'vitest'
import type { Scenario } from '../scenarios/scenario.ts'
import { mutantsOf, type Witness } from './mutate.ts'

const scenario = {
  id: 'site-not-found',
  checks: [
    { id: 'page', title: 'The page opens', http: { path: '/' } },
    { id: 'port', title: 'The port is right', guard: true, resource: { of: 'Service/x', fields: {} } },
  ],
} as unknown as Scenario

const refused = (reason: string, failing: Record<string, string>, hasHeld = false): Witness => ({
  scenarioId: scenario.id,
  step: `refused: ${reason}`,
  evidence: {
    kind: 'refused',
    reason,
    failing: Object.entries(failing).map(([id, observed]) => ({ id, observed })),
    hasHeld,
  },
})
const nothing: Witness = { scenarioId: scenario.id, step: 'nothing', evidence: { kind: 'nothing', red: ['page'] } }
const killersOf = (name: string, witnesses: Witness[]) =>
  mutantsOf([scenario], witnesses).find((mutant) => mutant.name === name)?.killedBy

describe('switching a condition off', () => {
  it('is noticed where the condition was red before the repair', () => {
    expect(killersOf('check page of site-not-found', [nothing])).toEqual(['site-not-found: nothing'])
    expect(killersOf('check kind http', [nothing])).toEqual(['site-not-found: nothing'])
  })

  it('is noticed where only that condition names a wrong fix', () => {
    const witness = refused('a host path', { 'INV-9': 'a host path is mounted', page: '404' })
    expect(killersOf('invariant INV-9', [witness])).toHaveLength(1)
    expect(killersOf('check page of site-not-found', [witness])).toEqual([])
  })

  it('is noticed where the wrong fix would be accepted without it', () => {
    const witness = refused('port', { port: 'port is 1' })
    expect(killersOf('check port of site-not-found', [witness])).toHaveLength(1)
    expect(killersOf('check kind resource', [witness])).toHaveLength(1)
  })

  it('is not noticed where another condition says the same', () => {
    const witness = refused('scaled', { 'INV-1': 'was scaled to 1', page: 'scaled, so 503' })
    expect(killersOf('invariant INV-1', [witness])).toEqual([])
  })

  it('is noticed for the hold window where everything held for a moment', () => {
    expect(killersOf('invariant INV-11', [refused('restarted', { page: 'restarted' }, true)])).toHaveLength(1)
    expect(killersOf('invariant INV-11', [refused('restarted', { page: 'restarted' })])).toEqual([])
  })

  it('is asked for fifteen invariants, six kinds of checks and every check', () => {
    expect(mutantsOf([scenario], [])).toHaveLength(15 + 6 + 2)
  })
})
