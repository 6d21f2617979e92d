// Eight clients and twenty watchers against the API server's verbs and watches, in virtual time. `main.ts` runs many more seeds.
import { describe, expect, it } from 'vitest'
import { check, runSeed, simulate } from './simulate.ts'
import { wrongStores } from './wrong-stores.ts'

const seeds = [1, 2]

describe('the store, the verbs and the watches', () => {
  it.each(seeds)('keep every promise to every client: seed %i', async (seed) => {
    const { history, violations, shortest } = await runSeed({ seed, events: 600 })
    expect(violations, `run it alone: --seed ${seed} --writes ${shortest}`).toEqual([])
    expect(history.end - history.start).toBeGreaterThanOrEqual(600)
  })

  it('are asked everything that the checker knows of', async () => {
    const { writes, reads, watches } = await simulate({ seed: 4, events: 1500 })
    const refusals = new Set(writes.flatMap(({ answer }) => ('refusal' in answer ? [answer.refusal] : [])))
    expect([...refusals].sort()).toEqual(['AlreadyExists', 'Conflict', 'Invalid', 'NotFound'])
    const answered = writes.flatMap(({ intent, answer }) => ('state' in answer ? [intent.do] : []))
    expect([...new Set(answered)].sort()).toEqual(
      ['apply', 'create', 'delete', 'json', 'merge', 'release', 'status', 'update'].sort(),
    )
    expect(new Set(watches.map(({ end }) => end))).toEqual(new Set(['left', 'behind', 'time', 'cut', 'expired']))
    expect(reads.some(({ answer }) => 'refusal' in answer && answer.refusal === 'Expired')).toBe(true)
  })

  it('give the same run for the same seed', async () => {
    const [one, other] = [await simulate({ seed: 5, events: 150 }), await simulate({ seed: 5, events: 150 })]
    const told = ({ writes }: typeof one) =>
      writes.map(({ client, intent, from, to }) => ({ client, intent, from, to }))
    expect(told(other)).toEqual(told(one))
  })
})

describe('the checker', () => {
  it('finds a shorter run that breaks the same promise', async () => {
    const wrong = wrongStores['does not look at the version']
    const { violations, shortest } = await runSeed({ seed: 6, events: 300, wrapStore: wrong })
    expect(shortest).toBeLessThan(100)
    expect(violations[0]?.promise).toBe('a write does what it says to what it found')
  })

  const broken: Record<string, string> = {
    'drops an event': 'events come whole, once and in order',
    'tells an event twice': 'events come whole, once and in order',
    'tells two events in the wrong order': 'events come whole, once and in order',
    'does not look at the version': 'a write does what it says to what it found',
    'refuses a version that is right': 'a refusal has its reason at some moment of the request',
    'acknowledges a write and forgets it': 'a write does what it says to what it found',
    'says too early that history is gone': '410 only outside the window',
    'starts a watch a little late': 'events come whole, once and in order',
    'lists the present when asked for the past': 'a list holds exactly what existed at its revision',
    'leaves an object out of a list': 'events come whole, once and in order',
    'cuts a watch that keeps up': 'only a watch that is far behind is cut',
  }

  it.each(Object.keys(wrongStores))('notices a store that %s', async (wrong) => {
    const violations = check(await simulate({ seed: 6, events: 300, wrapStore: wrongStores[wrong] }))
    expect(violations.map(({ promise }) => promise)).toContain(broken[wrong])
  })
})
