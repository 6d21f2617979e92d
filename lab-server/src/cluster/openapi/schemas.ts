// The shapes of the built-in kinds: which fields they have and of what types. Loaded once per process,
// when the first object is checked.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { KindDefinition } from '../objects/kind-definition.ts'

/** The shape of a value. Either a reference to a named shape or a type. */
export interface Schema {
  ref?: string
  type?:
    | 'object'
    | 'array'
    | 'string'
    | 'boolean'
    | 'number'
    | 'int32'
    | 'int64'
    | 'byte'
    | 'quantity'
    | 'int-or-string'
    | 'time'
    | 'micro-time'
    | 'any'
  /** The fields of a struct. */
  fields?: Record<string, Schema>
  required?: string[]
  /** The values of a map. */
  values?: Schema
  /** The items of an array. */
  items?: Schema
}

/** The generated file: names of the shapes of kinds, and the shapes. */
export interface Schemas {
  kinds: Record<string, string>
  definitions: Record<string, Schema>
}

let loaded: Schemas | undefined

function schemas(): Schemas {
  loaded ??= JSON.parse(
    gunzipSync(readFileSync(new URL('generated/schemas.json.gz', import.meta.url))).toString(),
  ) as Schemas
  return loaded
}

/** The name of a kind's shape, such as `io.k8s.api.apps.v1.Deployment`; undefined for custom kinds. */
export function definitionName(kind: Pick<KindDefinition, 'group' | 'version' | 'kind'>): string | undefined {
  return schemas().kinds[`${kind.group}/${kind.version}/${kind.kind}`]
}

/** The shape of a name. */
export function definition(name: string): Schema {
  return schemas().definitions[name] ?? { type: 'any' }
}

/** Follows a reference; the name of the shape comes along. */
export function resolve(schema: Schema): { schema: Schema; name?: string } {
  return schema.ref === undefined ? { schema } : { schema: definition(schema.ref), name: schema.ref }
}

/** The field of a struct. Names such as `constructor` are no fields. */
export function fieldOf(schema: Schema, field: string): Schema | undefined {
  return schema.fields && Object.hasOwn(schema.fields, field) ? schema.fields[field] : undefined
}
