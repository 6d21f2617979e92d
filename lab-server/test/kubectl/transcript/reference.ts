// Where the recordings of a real cluster lie: beside the checkout, not in it.

/** The folder of TEST_REFERENCE, else `../shared/reference` of the checkout. Tests that need it are skipped where it is absent. */
export const referenceFolder =
  process.env.TEST_REFERENCE ?? new URL('../../../../../shared/reference/', import.meta.url).pathname
