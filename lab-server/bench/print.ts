/** Prints one figure: what was measured, and how much of it. */
export type Print = (name: string, figure: string) => void
