// Whether an expression fits the types of what it speaks of, asked when it is written. Run, it is run on plain values;
// so only what is certain is told: fields that do not exist, and operands that can never go together.
import type { Environment } from '@marcbachmann/cel-js'
import { compileMessage, newEnvironment } from './environment.ts'
import { withPlainObjects } from './message-literals.ts'
import { nameFields, withoutBackticks } from './quoted-fields.ts'

/** What the check found. */
export interface Checked {
  /** `ERROR: <input>:1:5: undefined field 'x'…`, in upstream's form. */
  problem?: string
  /** The type of the result; `dyn` when it depends. */
  type?: string
}

/** Makes a check; `declare` says what variables there are, and of what types. */
export function makeTypedCheck(declare: (environment: Environment) => void): (expression: string) => Checked {
  const environment = newEnvironment()
  declare(environment)
  return (expression) => {
    const { text, names } = withoutBackticks(withPlainObjects(expression))
    try {
      const parsed = environment.parse(text)
      nameFields(parsed.ast, names)
      const { valid, type, error } = parsed.check()
      if (valid) return { type: type ?? 'dyn' }
      const problem = error && problemOf(text, error)
      return problem === undefined ? {} : { problem }
    } catch {
      // What cannot be parsed has been told of before.
      return {}
    }
  }
}

const scalars = new Set(['bool', 'double', 'int', 'string', 'uint'])
const numbers = new Set(['double', 'int', 'uint'])

function problemOf(text: string, error: unknown): string | undefined {
  const { summary = '', range } = error as { summary?: string; range?: { start: number; end: number } }
  if (range === undefined) return undefined
  const field = /^No such key: (.*)$/.exec(summary)?.[1]
  // The place is that of the dot.
  if (field !== undefined) return compileMessage(text, range.start - 1, `undefined field '${field}'`)
  const [, left = '', operator = '', right = ''] = /^no such overload: (\S+) (\S+) (\S+)$/.exec(summary) ?? []
  const areScalars = scalars.has(left) && scalars.has(right)
  if (!areScalars || left === right || (numbers.has(left) && numbers.has(right))) return undefined
  const at = text.indexOf(operator, range.start)
  return compileMessage(text, at, `found no matching overload for '_${operator}_' applied to '(${left}, ${right})'`)
}
