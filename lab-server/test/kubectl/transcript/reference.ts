// Where the recordings of a real cluster lie: beside the checkout, not in it.

/** `../shared/reference` of the checkout. Tests that need it are skipped where it is absent. */
export const referenceFolder = new URL('../../../../../shared/reference/', import.meta.url).pathname
