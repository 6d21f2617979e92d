import { ToolFailure } from '../task.ts'

export interface ParsedOptions {
  /** Letters and long names that were given. */
  has: ReadonlySet<string>
  /** Last value of each option that takes one. */
  value: ReadonlyMap<string, string>
  /** All values, in order. */
  values(name: string): string[]
  operands: string[]
}

/**
 * Reads a command line as `getopt` does. `letters` lists the known letters, each that takes a value followed by `:`;
 * `long` maps long names to letters, or to themselves.
 */
export function parseOptions(
  argv: readonly string[],
  letters: string,
  long: Record<string, string> = {},
  stopAtOperand = false,
): ParsedOptions {
  const name = argv[0] ?? ''
  const args = argv.slice(1)
  const has = new Set<string>()
  const all: [string, string][] = []
  const operands: string[] = []
  const takesValue = (letter: string) => letters[letters.indexOf(letter) + 1] === ':'
  const isKnown = (letter: string) => letter !== ':' && letters.includes(letter)
  const keep = (letter: string, value?: string) => {
    has.add(letter)
    if (value !== undefined) all.push([letter, value])
  }

  while (args.length > 0) {
    const arg = args.shift() ?? ''
    if (arg === '--') break
    if (arg.startsWith('--')) {
      const [longName = '', ...rest] = arg.slice(2).split('=')
      const spec = long[longName]
      if (spec === undefined) throw new ToolFailure(`${name}: unrecognized option '--${longName}'`, 1)
      const needs = spec.endsWith(':')
      const letter = spec.replace(':', '')
      if (needs || (letter.length === 1 && takesValue(letter)))
        keep(letter, arg.includes('=') ? rest.join('=') : (args.shift() ?? ''))
      else keep(letter)
    } else if (arg.startsWith('-') && arg.length > 1) {
      for (let index = 1; index < arg.length; index += 1) {
        const letter = arg[index] ?? ''
        if (!isKnown(letter)) throw new ToolFailure(`${name}: unrecognized option: ${letter}`, 1)
        if (!takesValue(letter)) {
          keep(letter)
          continue
        }
        const rest = arg.slice(index + 1)
        if (rest === '' && args.length === 0)
          throw new ToolFailure(`${name}: option requires an argument: ${letter}`, 1)
        keep(letter, rest === '' ? args.shift() : rest)
        break
      }
    } else {
      operands.push(arg)
      if (stopAtOperand) break
    }
  }
  operands.push(...args)
  return {
    has,
    value: new Map(all),
    values: (wanted) => all.filter(([key]) => key === wanted).map(([, value]) => value),
    operands,
  }
}
