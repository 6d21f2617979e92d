import { describe, expect, it } from 'vitest'
import { loadScenarios } from '../load-scenarios.ts'
import type { CheckSpec, Scenario } from '../scenario.ts'
import { composeIncident } from './compose-incident.ts'
import { partsOf, tiersOf } from './masking.ts'
import { incidentFiles } from './write-incident.ts'

const { catalogue } = loadScenarios()
const get = (id: string): Scenario => {
  const found = catalogue.get(id)
  if (!found) throw new Error(`There is no scenario ${id}.`)
  return found
}
const idsOf = (seed: number, faults = 2) =>
  composeIncident(catalogue, { seed, faults })?.map(({ scenario }) => scenario.id)

describe('an incident of several faults', () => {
  it('is the same for the same seed', () => {
    expect(idsOf(7)).toEqual(idsOf(7))
    expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => String(idsOf(seed)))).size).toBeGreaterThan(3)
  })

  it('has for each fault a check that no other fault can turn red', () => {
    for (let seed = 0; seed < 40; seed++) {
      const parts = composeIncident(catalogue, { seed, faults: 3 }) ?? []
      expect(parts).toHaveLength(3)
      for (const { own } of parts) expect(own.some((check) => !check.guard)).toBe(true)
    }
  })

  it('keeps apart faults of one object, and faults that hide each other', () => {
    expect(partsOf([get('api-answers-502'), get('tasks-do-not-load')])).toBeUndefined()
    // Without an API behind it, nothing shows whether the way of /api is repaired.
    expect(partsOf([get('backend-exits-at-once'), get('api-unavailable-page-fine')])).toBeUndefined()
    expect(partsOf([get('backend-pods-missing'), get('dashboard-is-gone')])).toBeUndefined()
  })

  it('leaves out what asks for something special of the whole namespace', () => {
    const special = [get('api-down-after-maintenance'), get('backend-stops-at-its-first-step')]
    const other = get('dashboard-is-gone')
    for (const scenario of special) {
      const few = new Map([scenario, other].map((one) => [one.id, one]))
      expect(composeIncident(few, { seed: 1, faults: 2 })).toBeUndefined()
    }
  })

  it('keeps of each part the checks that tell its repair alone', () => {
    const parts = partsOf([get('backend-exits-at-once'), get('site-not-found')])
    expect(parts?.map(({ own }) => own.map(({ id }) => id))).toEqual([['endpoints', 'rollout'], ['page']])
  })

  it('pays an equal share for each, and says so in a script for each', () => {
    const parts = composeIncident(catalogue, { seed: 7, faults: 3 }) ?? []
    const files = incidentFiles({ id: 'incident', seed: 7, parts, schema: '../scenario.schema.json' })
    const shares = Object.entries(files).flatMap(([name, text]) =>
      name.startsWith('wrong-fixes/') ? [/^# Earns: (\d+)$/m.exec(text)?.[1]] : [],
    )
    expect(shares.sort()).toEqual(['33', '33', '34'])
    expect(Object.values(files).join('')).not.toContain('{{')
    // One fault may keep the events of another from happening.
    expect(files['scenario.yaml']).not.toContain('signals')
  })
})

describe('what a check looks through', () => {
  const check = (condition: Partial<CheckSpec>): CheckSpec => ({ id: 'x', title: 'x', ...condition })

  it('is the way of its request', () => {
    expect(tiersOf(check({ http: { path: '/api/tasks' } }))).toEqual(['ingress', 'api', 'data'])
    expect(tiersOf(check({ http: { path: '/' } }))).toEqual(['ingress', 'page'])
  })

  it('includes the database for everything that waits for a ready backend', () => {
    expect(tiersOf(check({ rollout: { of: 'Deployment/backend' } }))).toEqual(['api', 'data'])
    expect(tiersOf(check({ rollout: { of: 'Deployment/postgres' } }))).toEqual(['data'])
  })
})
