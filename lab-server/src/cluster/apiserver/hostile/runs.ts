// How long and from which seed the property tests of this folder run. A failure prints its seed by itself.

const { HOSTILE_RUNS, HOSTILE_SEED } = process.env

/** `usual` runs of a property, or as many as HOSTILE_RUNS says, from HOSTILE_SEED when it is set. */
export function runs(usual: number): { numRuns: number; seed?: number } {
  return { numRuns: Number(HOSTILE_RUNS ?? usual), ...(HOSTILE_SEED ? { seed: Number(HOSTILE_SEED) } : {}) }
}
