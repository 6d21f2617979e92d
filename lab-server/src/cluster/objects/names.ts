// Names that the cluster makes up itself.
import { randomInt } from 'node:crypto'

/** The letters and digits that spell no words: upstream's alphabet for generated names and hashes. */
export const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** A random suffix of `length` letters, as in `backend-7495c5985f-dvs6f`. */
export function randomSuffix(length = 5): string {
  let suffix = ''
  for (let i = 0; i < length; i++) suffix += safeAlphabet[randomInt(safeAlphabet.length)]
  return suffix
}

/** Completes a `generateName` prefix to a name, cutting the prefix where the name would pass 63 characters. */
export function generateName(prefix: string): string {
  return prefix.slice(0, 63 - 5) + randomSuffix()
}

/** Spells a hash (decimal digits) in the safe alphabet. */
export function safeEncode(digits: string): string {
  return [...digits].map((digit) => safeAlphabet[digit.charCodeAt(0) % safeAlphabet.length]).join('')
}
