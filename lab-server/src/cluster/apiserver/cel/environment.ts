// Expressions: compiled once, evaluated often. The language is a library's; what Kubernetes adds to it is beside this file.
import { Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import { registerLists } from './lists.ts'
import { withPlainObjects } from './message-literals.ts'
import { registerNetwork } from './network.ts'
import { registerQuantities } from './quantities.ts'
import { nameFields, withoutBackticks } from './quoted-fields.ts'
import { registerTexts } from './texts.ts'
import { registerTwoVariables } from './two-variables.ts'

/** An expression that cannot be run. The message is in upstream's form, with the place in the expression. */
export class CompileError extends Error {}

/** A compiled expression. */
export interface Program {
  /** True when the expression speaks of the variable. */
  mentions(variable: string): boolean
  /** Evaluates; throws an Error with CEL's reason, e.g. `no such key: x`. */
  evaluate(variables: Record<string, unknown>): unknown
}

let shared: Environment | undefined
const environments = new Map<string, Environment>()

/** An environment with the language and what Kubernetes adds to it, and no variables. */
export function newEnvironment(): Environment {
  if (shared === undefined) {
    shared = new Environment({
      enableOptionalTypes: true,
      homogeneousAggregateLiterals: false,
      limits: { maxAstNodes: 10_000, maxDepth: 100 },
    })
    registerTexts(shared)
    registerLists(shared)
    registerQuantities(shared)
    registerNetwork(shared)
    registerTwoVariables(shared)
  }
  return shared.clone()
}

function environmentWith(variables: string[]): Environment {
  const id = variables.join()
  const known = environments.get(id)
  if (known) return known
  const environment = newEnvironment()
  for (const variable of variables) environment.registerVariable(variable, 'dyn')
  environments.set(id, environment)
  return environment
}

/** Compiles like `compile`, each expression once. They come from users, so what is remembered is bounded. */
export function rememberPrograms(variables: string[]): (expression: string) => Program {
  const programs = new Map<string, Program>()
  return (expression) => {
    const known = programs.get(expression)
    if (known) return known
    const program = compile(expression, variables)
    if (programs.size > 2000) programs.clear()
    programs.set(expression, program)
    return program
  }
}

/** Compiles an expression that may speak of these variables; throws a CompileError. */
export function compile(expression: string, variables: string[]): Program {
  const environment = environmentWith(variables)
  let run: ReturnType<Environment['parse']>
  try {
    const { text, names } = withoutBackticks(withPlainObjects(expression))
    run = environment.parse(text)
    nameFields(run.ast, names)
    const checked = run.check()
    if (!checked.valid && checked.error) throw checked.error
  } catch (error) {
    throw new CompileError(`compilation failed: ${syntaxMessage(expression, error)}`)
  }
  const words = new Set(expression.replace(/"[^"]*"|'[^']*'/g, '').match(/[A-Za-z_]\w*/g))
  return {
    mentions: (variable) => words.has(variable),
    evaluate(given) {
      try {
        return run(given)
      } catch (error) {
        throw new Error(runtimeMessage(error))
      }
    },
  }
}

function summaryOf(error: unknown): string {
  if (error instanceof ParseError || error instanceof EvaluationError) return error.summary
  const summary = (error as { summary?: string }).summary
  return summary ?? (error instanceof Error ? error.message : String(error))
}

// Same wording as cel-go's where it is known.
function syntaxMessage(expression: string, error: unknown): string {
  const at = (error as { range?: { start: number } }).range?.start ?? 0
  const summary = summaryOf(error)
  const unknown = /^Unknown variable: (.*)$/.exec(summary)?.[1]
  const why = unknown
    ? `undeclared reference to '${unknown}' (in container '')`
    : error instanceof ParseError
      ? `Syntax error: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`
      : summary
  return compileMessage(expression, at, why)
}

/** What is wrong at a place of an expression, with the line and a mark under it, as upstream shows it. */
export function compileMessage(expression: string, at: number, why: string): string {
  const before = expression.slice(0, at).split('\n')
  const line = expression.split('\n')[before.length - 1] ?? ''
  const column = before.at(-1)?.length ?? 0
  return `ERROR: <input>:${before.length}:${column + 1}: ${why}\n | ${line}\n | ${'.'.repeat(column)}^`
}

function runtimeMessage(error: unknown): string {
  const summary = summaryOf(error)
  if (summary.startsWith('No such key')) return summary.replace('No such key', 'no such key')
  if (/division by zero/i.test(summary)) return 'division by zero'
  return summary
}
