// The types of the built-in kinds that a policy is about, as its expressions are checked against them.
import type { Environment } from '@marcbachmann/cel-js'
import type { KindDefinition } from '../../../objects/kind-definition.ts'
import { definitionName, resolve, type Schema } from '../../../openapi/schemas.ts'

/** Declares what a policy's expressions speak of: objects of a type, and the variables of these names. */
export function declareVariables(environment: Environment, names: readonly string[], objectType = 'dyn'): void {
  for (const name of ['object', 'oldObject']) environment.registerVariable(name, objectType)
  for (const name of ['request', 'params', 'namespaceObject']) environment.registerVariable(name, 'dyn')
  environment.registerType('Variables', { fields: Object.fromEntries(names.map((name) => [name, 'dyn'])) })
  environment.registerVariable('variables', 'Variables')
}

/** Declares the shape of a kind; the name of its type comes back, or `dyn` for a kind without a published one. */
export function declareKind(environment: Environment, kind: KindDefinition): string {
  const name = definitionName(kind)
  const declared = new Map<string, string>()
  let count = 0
  return name === undefined ? 'dyn' : typeOf({ ref: name })

  function typeOf(given: Schema): string {
    const { schema, name: structName } = resolve(given)
    switch (schema.type) {
      case 'string':
        return 'string'
      case 'boolean':
        return 'bool'
      case 'int32':
      case 'int64':
        return 'int'
      case 'array':
        return `list<${typeOf(schema.items ?? {})}>`
      case 'object':
        if (schema.values) return `map<string, ${typeOf(schema.values)}>`
        return structName && schema.fields ? structOf(structName, schema.fields) : 'dyn'
      default:
        return 'dyn'
    }
  }

  function structOf(structName: string, fields: Record<string, Schema>): string {
    const known = declared.get(structName)
    if (known) return known
    // Shapes that hold themselves, as schemas do, end where they begin.
    declared.set(structName, 'dyn')
    const types = Object.entries(fields).map(([field, schema]) => [field, typeOf(schema)])
    count += 1
    const type = `Type${count}`
    environment.registerType(type, { fields: Object.fromEntries(types) })
    declared.set(structName, type)
    return type
  }
}
