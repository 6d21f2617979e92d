// The expressions of a policy as they are written: whether each compiles, knows the variables it speaks of, and can
// be what its place asks for.
import type { FieldError } from '../../../objects/kind-definition.ts'
import type { KubeObject } from '../../../objects/types.ts'
import { type Checked, makeTypedCheck } from '../../cel/typed-check.ts'
import { policyProgram } from './policy-expressions.ts'
import { declareVariables } from './policy-types.ts'

// What an expression must evaluate to, by the last names of its path.
const wanted: [RegExp, string][] = [
  [/^spec\.(?:validations|matchConditions)\[\d+\]\.expression$/, 'bool'],
  [/\.messageExpression$/, 'string'],
]

/** The expressions of a policy that are wrong whatever they are asked about. */
export function policyProblems({ spec }: KubeObject): FieldError[] {
  const variables = (spec as { variables?: { name: string }[] } | undefined)?.variables ?? []
  const names = variables.map(({ name }) => name)
  const check = checkWith(names)
  return expressionsOf(spec, 'spec').flatMap(({ field, expression }) => {
    const place = /^spec\.variables\[(\d+)\]/.exec(field)?.[1]
    // A variable sees those before it.
    const own = place === undefined ? check : checkWith(names.slice(0, Number(place)))
    const why = problemOf(expression, field, own)
    if (why === undefined) return []
    return [
      { field, type: 'FieldValueInvalid' as const, message: `Invalid value: ${JSON.stringify(expression)}: ${why}` },
    ]
  })
}

function checkWith(names: string[]): (expression: string) => Checked {
  return makeTypedCheck((environment) => declareVariables(environment, names))
}

function problemOf(expression: string, field: string, check: (expression: string) => Checked): string | undefined {
  try {
    policyProgram(expression)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const { problem, type = 'dyn' } = check(expression)
  if (problem) return `compilation failed: ${problem}`
  const asked = wanted.find(([place]) => place.test(field))?.[1]
  return asked === undefined || type === 'dyn' || type === asked ? undefined : `must evaluate to ${asked}`
}

interface Expression {
  field: string
  expression: string
}

/** Every expression below a field, in the order of the object. */
export function expressionsOf(node: unknown, field: string): Expression[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => expressionsOf(item, `${field}[${index}]`))
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, value]) => {
    const at = `${field}.${name}`
    const isExpression = typeof value === 'string' && /xpression$/.test(name)
    if (!isExpression) return expressionsOf(value, at)
    return value.trim() === '' ? [] : [{ field: at, expression: value }]
  })
}
