// Finds fields that a kind does not have and values of the wrong type, in the words of upstream's decoder.
import type { KindDefinition } from '../objects/kind-definition.ts'
import { parseQuantity } from '../objects/quantity.ts'
import { findDuplicateFields } from './duplicate-fields.ts'
import { base64Problem, goKind, goTypeOf, timeProblem } from './go-types.ts'
import { definitionName, fieldOf, resolve, type Schema } from './schemas.ts'

const objectMeta: Schema = { ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }
// Upstream stops counting there.
const mostProblems = 100

/** What does not fit. */
export interface FieldProblems {
  /** `unknown field "spec.x"`, in the order of the document. */
  unknown: string[]
  /** The first value of a wrong type, as upstream's decoder words it. */
  wrongType?: string
}

/** Where the walk is: for people (`spec.containers[0]`) and for Go (struct name and plain path). */
interface Place {
  path: string
  goPath: string
  struct: string
}

/** Checks an object against the shape of its kind. Of custom kinds only the metadata is known here. */
export function validateFields(
  kind: Pick<KindDefinition, 'group' | 'version' | 'kind'>,
  object: unknown,
): FieldProblems {
  const problems: FieldProblems = { unknown: [] }
  const name = definitionName(kind)
  const place: Place = { path: '', goPath: '', struct: kind.kind }
  if (name) check({ ref: name }, object, place, problems)
  else if (isRecord(object)) check(objectMeta, object.metadata, inside(place, 'metadata', 'ObjectMeta'), problems)
  return problems
}

/** Both kinds of problems as the request path asks for them. */
export const fieldInspector = {
  /** Unknown and duplicate fields; `text` is the body as it was sent, if it was text. */
  unknownFields(kind: Pick<KindDefinition, 'group' | 'version' | 'kind'>, object: unknown, text?: string): string[] {
    const duplicates = text === undefined ? [] : findDuplicateFields(text)
    const all = [
      ...validateFields(kind, object).unknown,
      ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
    ]
    return all.slice(0, mostProblems)
  },
  /** What is wrong with the types of known fields, if anything is. */
  typeError(kind: Pick<KindDefinition, 'group' | 'version' | 'kind'>, object: unknown): string | undefined {
    return validateFields(kind, object).wrongType
  },
}

function check(given: Schema, value: unknown, place: Place, problems: FieldProblems): void {
  if (value === null || value === undefined) return
  const { schema, name } = resolve(given)
  if (schema.type === 'object') checkObject(schema, name, value, place, problems)
  else if (schema.type === 'array') checkArray(schema, value, place, problems)
  else if (schema.type === 'int32' || schema.type === 'int64') checkInteger(schema, value, place, problems)
  else checkScalar(schema, value, place, problems)
}

function checkScalar(schema: Schema, value: unknown, place: Place, problems: FieldProblems): void {
  switch (schema.type) {
    case 'quantity':
      note(problems, quantityProblem(value))
      break
    case 'int-or-string':
      note(problems, intOrStringProblem(value))
      break
    case 'byte':
      if (typeof value === 'string') note(problems, base64Problem(value))
      else mismatch(schema, value, place, problems)
      break
    case 'time':
    case 'micro-time':
      note(problems, timestampProblem(value, schema.type))
      break
    case 'string':
    case 'boolean':
    case 'number':
      if (typeof value !== schema.type) mismatch(schema, value, place, problems)
      break
    default:
  }
}

function checkObject(
  schema: Schema,
  name: string | undefined,
  value: unknown,
  place: Place,
  problems: FieldProblems,
): void {
  if (!isRecord(value)) {
    mismatch(name ? { ref: name } : schema, value, place, problems)
    return
  }
  const struct = name ? name.slice(name.lastIndexOf('.') + 1) : place.struct
  for (const [field, content] of Object.entries(value)) {
    const path = place.path === '' ? field : `${place.path}.${field}`
    if (schema.values) {
      check(schema.values, content, { ...place, path }, problems)
      continue
    }
    const known = fieldOf(schema, field)
    if (known) check(known, content, inside(place, field, struct), problems)
    else if (problems.unknown.length < mostProblems) problems.unknown.push(`unknown field ${JSON.stringify(path)}`)
  }
}

function checkArray(schema: Schema, value: unknown, place: Place, problems: FieldProblems): void {
  if (!Array.isArray(value)) {
    mismatch(schema, value, place, problems)
    return
  }
  for (const [i, item] of value.entries()) {
    if (schema.items) check(schema.items, item, { ...place, path: `${place.path}[${i}]` }, problems)
  }
}

function checkInteger(schema: Schema, value: unknown, place: Place, problems: FieldProblems): void {
  const limit = schema.type === 'int32' ? 2 ** 31 : 2 ** 63
  if (typeof value !== 'number') mismatch(schema, value, place, problems)
  else if (!Number.isInteger(value) || value < -limit || value >= limit) {
    mismatch(schema, value, place, problems, `number ${value}`)
  }
}

function quantityProblem(value: unknown): string | undefined {
  try {
    parseQuantity(typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function timestampProblem(value: unknown, type: 'time' | 'micro-time'): string | undefined {
  if (typeof value === 'string') return timeProblem(value, type)
  return `json: cannot unmarshal ${goKind(value)} into Go value of type string`
}

function intOrStringProblem(value: unknown): string | undefined {
  if (typeof value === 'string') return undefined
  if (typeof value !== 'number') return `json: cannot unmarshal ${goKind(value)} into Go value of type int32`
  const fits = Number.isInteger(value) && Math.abs(value) < 2 ** 31
  return fits ? undefined : `json: cannot unmarshal number ${value} into Go value of type int32`
}

function mismatch(schema: Schema, value: unknown, place: Place, problems: FieldProblems, found?: string): void {
  const target = place.goPath === '' ? 'value' : `struct field ${place.struct}.${place.goPath}`
  note(problems, `json: cannot unmarshal ${found ?? goKind(value)} into Go ${target} of type ${goTypeOf(schema)}`)
}

function note(problems: FieldProblems, message: string | undefined): void {
  if (message !== undefined) problems.wrongType ??= message
}

function inside(place: Place, field: string, struct: string): Place {
  const join = (path: string) => (path === '' ? field : `${path}.${field}`)
  return { path: join(place.path), goPath: join(place.goPath), struct }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
