/** Leaves out zeros, as Go's `omitempty` does for the counts in a status. */
export function withoutZeros(counts: Record<string, number | undefined>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count)) as Record<string, number>
}
