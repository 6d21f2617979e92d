// Objects to be refused, or at least survived: built from the shapes of the kinds, for property tests.
import fc, { type Arbitrary, type GeneratorValue } from 'fast-check'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import { definitionName, resolve, type Schema } from '../../openapi/schemas.ts'

/** A body with one value of a wrong type, and where it is. */
export interface WrongBody {
  body: Record<string, unknown>
  /** `spec.template.spec.containers`: fields only, as Go's decoder counts them. */
  path: string
  value: unknown
}

/** Where a walk through a shape ended. */
interface Step {
  schema: Schema
  fields: string[]
  /** Puts a value there, in a document of its own. */
  wrap(value: unknown): unknown
}

const deepest = 14

/** Bodies of a kind in which one random place holds a value of a type that Go's decoder refuses. */
export function wrongBodies(kind: KindDefinition): Arbitrary<WrongBody> {
  const name = definitionName(kind)
  return fc.gen().map((g) => {
    let step: Step = { schema: resolve({ ref: name ?? '' }).schema, fields: [], wrap: (value) => value }
    for (let depth = 0; depth < deepest; depth += 1) {
      const next = inner(step, g)
      if (next === undefined) break
      step = next
      // Places near the top are as interesting as those below.
      if (step.schema.type !== 'any' && g(fc.integer, { min: 0, max: 4 }) === 0) break
    }
    const value = wrongValue(step.schema, g)
    return { body: step.wrap(value) as Record<string, unknown>, path: step.fields.join('.'), value }
  })
}

/** Goes one field, item or map value further; undefined where a shape has no inside. */
function inner({ schema, fields, wrap }: Step, g: GeneratorValue): Step | undefined {
  if (schema.fields) {
    const isTop = fields.length === 0
    const names = Object.keys(schema.fields).filter((field) => !isTop || (field !== 'kind' && field !== 'apiVersion'))
    if (names.length === 0) return undefined
    const field = pick(g, names)
    const found = resolve(schema.fields[field] ?? {}).schema
    return { schema: found, fields: [...fields, field], wrap: (value) => wrap({ [field]: value }) }
  }
  if (schema.items) return { schema: resolve(schema.items).schema, fields, wrap: (value) => wrap([value]) }
  if (schema.values) return { schema: resolve(schema.values).schema, fields, wrap: (value) => wrap({ key: value }) }
  return undefined
}

// What Go's decoder takes for each type; amounts, times and ports have decoders of their own.
const accepted: Record<string, string[]> = {
  object: ['object'],
  array: ['array'],
  string: ['string'],
  byte: [],
  boolean: ['boolean'],
  number: ['number'],
  int32: ['small'],
  int64: ['small', 'large'],
  quantity: ['small', 'large', 'number'],
  'int-or-string': ['small', 'string'],
  time: [],
  'micro-time': [],
}

function wrongValue(schema: Schema, g: GeneratorValue): unknown {
  const type = schema.type ?? 'any'
  const values: [string, unknown][] = [
    ['string', 'no amount, no time, no base64 ~'],
    ['small', 7],
    ['large', 2 ** 40],
    ['number', 1.5],
    ['huge', 1e300],
    ['boolean', true],
    ['array', ['x']],
    ['object', { x: 'y' }],
  ]
  const takes = accepted[type]
  if (takes === undefined) return undefined
  const numbers = takes.includes('number') ? [...takes, 'small', 'large', 'huge'] : takes
  const wrong = values.filter(([name]) => !numbers.includes(name))
  return pick(g, wrong)?.[1]
}

/** Bodies of a kind whose every value has the right type and is otherwise junk. */
export function junkBodies(kind: KindDefinition): Arbitrary<Record<string, unknown>> {
  const name = definitionName(kind)
  return fc.gen().map((g) => {
    const { schema } = resolve({ ref: name ?? '' })
    const body = junk(schema, g, 0) as Record<string, unknown>
    const metadata = (body.metadata ?? {}) as Record<string, unknown>
    return { ...body, metadata: { ...metadata, name: 'junk' } }
  })
}

function junk(given: Schema, g: GeneratorValue, depth: number): unknown {
  const { schema } = resolve(given)
  if (depth > 0 && g(fc.integer, { min: 0, max: 14 }) === 0) return null
  switch (schema.type) {
    case 'object':
      return schema.fields ? junkStruct(schema, g, depth) : junkMap(schema, g, depth)
    case 'array':
      return Array.from({ length: depth > deepest ? 0 : g(fc.integer, { min: 0, max: 2 }) }, () =>
        junk(schema.items ?? {}, g, depth + 1),
      )
    case 'string':
      return pick(g, words)
    case 'boolean':
      return g(fc.boolean)
    case 'number':
      return pick(g, [0, -1, 1.5, 1e300])
    case 'int32':
      return pick(g, [0, -1, 1, 2, 65_536, 2 ** 31 - 1, -(2 ** 31)])
    case 'int64':
      return pick(g, [0, -1, 1, 2 ** 31, 2 ** 53, -(2 ** 53)])
    case 'byte':
      return pick(g, ['', 'YWJj'])
    case 'quantity':
      return pick(g, ['0', '-1', '100m', '1Gi', '1e300', 3, '9999999999999999999999'])
    case 'int-or-string':
      return pick(g, [0, -1, 80, '50%', '-1%', 'http', '', '999%'])
    case 'time':
      return pick(g, ['2026-11-23T03:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])
    case 'micro-time':
      return '2026-11-23T03:00:00.000000Z'
    default:
      return pick(g, [1, 'x', true, [], {}, [1, null], { a: { b: null } }])
  }
}

function pick<T>(g: GeneratorValue, values: T[]): T {
  return values[g(fc.nat, { max: values.length - 1 })] as T
}

const words = [
  '',
  'a',
  'main',
  'Pod',
  'v1',
  'apps/v1',
  'ClusterIP',
  'Always',
  'RollingUpdate',
  'In',
  'Exists',
  'TCP',
  '*',
  '/',
  '../..',
  'a/b',
  'A B',
  'x'.repeat(300),
  '10.0.0.1',
  '10.0.0.0/8',
  '1 > ',
  'object.spec',
  '* * * * *',
  'constructor',
  '__proto__',
  '\u0000',
  '\ud800',
  'ü✓😀',
  '$(x)',
]

function junkStruct(schema: Schema, g: GeneratorValue, depth: number): unknown {
  const names = Object.keys(schema.fields ?? {}).filter((name) => name !== 'kind' && name !== 'apiVersion')
  const some =
    names.length === 0 || depth > deepest
      ? []
      : Array.from({ length: g(fc.integer, { min: 1, max: 4 }) }, () => pick(g, names))
  const wanted = new Set([...(schema.required ?? []).filter((name) => names.includes(name)), ...some])
  if (depth === 0 && schema.fields?.spec) wanted.add('spec')
  return Object.fromEntries([...wanted].map((name) => [name, junk(schema.fields?.[name] ?? {}, g, depth + 1)]))
}

function junkMap(schema: Schema, g: GeneratorValue, depth: number): unknown {
  const keys = Array.from({ length: g(fc.integer, { min: 0, max: 2 }) }, () => pick(g, words))
  // A plain literal with the key `__proto__` would set a prototype instead of a member.
  return Object.fromEntries(keys.map((key) => [key, junk(schema.values ?? {}, g, depth + 1)]))
}
