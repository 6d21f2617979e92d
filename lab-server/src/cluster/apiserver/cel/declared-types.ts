// The types of a custom resource's schema, as expressions are checked against them.
import type { Environment } from '@marcbachmann/cel-js'
import { isObject, type StructuralSchema } from '../custom/structural-schema.ts'
import { escapeName } from './values.ts'

/** Declares the types of a schema; the name of its own type comes back. The root of a resource has metadata too. */
export function declareTypes(environment: Environment, schema: StructuralSchema, isRoot: boolean): string {
  let count = 0

  function typeOf(part: StructuralSchema, isTop = false): string {
    if (part['x-kubernetes-preserve-unknown-fields'] || part['x-kubernetes-int-or-string']) return 'dyn'
    if (part['x-kubernetes-embedded-resource']) return 'dyn'
    switch (part.type) {
      case 'integer':
        return 'int'
      case 'number':
        return 'double'
      case 'boolean':
        return 'bool'
      case 'string':
        // A text with a format may be a value of another type.
        return part.format === undefined ? 'string' : 'dyn'
      case 'array':
        return `list<${part.items ? typeOf(part.items) : 'dyn'}>`
      case 'object':
        return part.properties || isTop ? structOf(part, isTop) : mapOf(part)
      default:
        return 'dyn'
    }
  }

  function mapOf({ additionalProperties }: StructuralSchema): string {
    return isObject(additionalProperties) ? `map<string, ${typeOf(additionalProperties as StructuralSchema)}>` : 'dyn'
  }

  function structOf({ properties = {} }: StructuralSchema, isTop: boolean): string {
    const fields: Record<string, string> = {}
    for (const [name, property] of Object.entries(properties)) {
      const type = typeOf(property)
      // In backticks a field may be written as it is.
      for (const written of new Set([name, escapeName(name)])) fields[written] = type
    }
    if (isTop) Object.assign(fields, { apiVersion: 'string', kind: 'string', metadata: 'Metadata' })
    count += 1
    environment.registerType(`Type${count}`, { fields })
    return `Type${count}`
  }

  if (isRoot) environment.registerType('Metadata', { fields: { name: 'string', generateName: 'string' } })
  return typeOf(schema, isRoot)
}
