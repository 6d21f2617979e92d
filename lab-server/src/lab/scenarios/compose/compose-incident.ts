// New incidents from the faults of the library: the seed picks scenarios that do not mask each other.
import type { Catalogue, Scenario } from '../scenario.ts'
import { variantOf } from '../variants.ts'
import { type Part, partsOf } from './masking.ts'

export interface IncidentRequest {
  seed: number
  /** How many faults at a time. */
  faults: number
}

/** The parts of the incident that this seed stands for; undefined when the library has no such incident. */
export function composeIncident(catalogue: Catalogue, { seed, faults }: IncidentRequest): Part[] | undefined {
  const random = seededRandom(seed)
  // The order of the catalogue depends on titles; that of ids does not.
  const candidates = [...catalogue.values()].filter(isSimple).sort((one, other) => (one.id < other.id ? -1 : 1))
  const shuffled = candidates
    .map((scenario) => ({ scenario, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ scenario }) => variantOf(scenario, seed))
  return complete([], shuffled, faults)
}

/** The first choice, in this order, in which nothing masks anything. */
function complete(chosen: Scenario[], left: readonly Scenario[], faults: number): Part[] | undefined {
  if (chosen.length === faults) return partsOf(chosen)
  for (const [index, scenario] of left.entries()) {
    const next = [...chosen, scenario]
    if (!partsOf(next)) continue
    const found = complete(next, left.slice(index + 1), faults)
    if (found) return found
  }
  return undefined
}

/** One fault with the usual grading: what asks for something special of the whole namespace cannot be combined. */
function isSimple({ beyond, checks, flows, invariants, rights, unproved }: Scenario): boolean {
  if (checks.some(({ group }) => group !== undefined)) return false
  return !beyond && !flows && !rights && !unproved && invariants.except.length === 0 && invariants.images.length === 0
}

/** Numbers from 0 to 1, the same for the same seed on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
