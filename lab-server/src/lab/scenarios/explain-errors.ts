// What the schema says of a wrong scenario, in words that tell its author what to write instead.
import type { ErrorObject } from 'ajv'

/** Place and message for each mistake, the most telling ones. */
export function explainErrors(errors: readonly ErrorObject[]): { field: string; message: string }[] {
  const meant = withoutOtherBranches(errors.filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf'))
  const misspelt = meant.flatMap((error) => {
    const near = suggestion(error)
    return near === undefined ? [] : [`${error.instancePath} ${near}`]
  })
  const found = meant
    // A field that is only misspelt is not missing as well.
    .filter((error) => !namesOf(error).some((name) => misspelt.includes(`${error.instancePath} ${name}`)))
    .map((error) => ({ field: error.instancePath, message: wordsOf(error) }))
  const keys = found.map(({ field, message }) => `${field} ${message}`)
  return found.filter((_, index) => keys.indexOf(keys[index] ?? '') === index)
}

/** Of alternatives (the kinds of faults and checks) only the one that the author most likely meant. */
function withoutOtherBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const branches = new Map<string, Map<string, ErrorObject[]>>()
  const plain: ErrorObject[] = []
  for (const error of errors) {
    const [, schema, branch] = /^(.*\/oneOf)\/(\d+)\//.exec(error.schemaPath) ?? []
    if (schema === undefined || branch === undefined) {
      plain.push(error)
      continue
    }
    const place = `${schema} ${/^(\/\w+\/\d+)?/.exec(error.instancePath)?.[0]}`
    const known = branches.get(place) ?? new Map<string, ErrorObject[]>()
    branches.set(place, known.set(branch, [...(known.get(branch) ?? []), error]))
  }
  // A mistake further inside, in a part that several alternatives share, says which one is meant.
  const isExplained = (place: string) =>
    plain.some(({ instancePath }) => instancePath.startsWith(`${place.split(' ')[1]}/`))
  return [...plain, ...[...branches].flatMap(([place, own]) => (isExplained(place) ? [] : mostLikely(own)))]
}

/** The alternative that fits best; where several do equally, what all of them miss. */
function mostLikely(branches: ReadonlyMap<string, ErrorObject[]>): ErrorObject[] {
  const depth = Math.min(...[...branches.values()].flat().map(({ instancePath }) => instancePath.length))
  // What is wrong deep inside speaks for an alternative: the rest of it fits.
  const misfit = (errors: ErrorObject[]) =>
    errors.reduce((sum, { instancePath }) => sum + (instancePath.length === depth ? 10 : 1), 0)
  const ranked = [...branches.values()].sort((one, other) => misfit(one) - misfit(other))
  const [best = [], ...others] = ranked
  const equals = [best, ...others.filter((errors) => misfit(errors) === misfit(best))]
  const missing = equals.flat().flatMap((error) => (error.keyword === 'required' ? namesOf(error) : []))
  const [first] = best
  if (equals.length === 1 || first?.keyword !== 'required') return best
  return [{ ...first, params: { missingProperty: missing } }]
}

/** The names of fields that the error misses. */
function namesOf({ keyword, params }: ErrorObject): string[] {
  return keyword === 'required' ? [params.missingProperty].flat() : []
}

const typeNames: Record<string, string> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  array: 'a list',
  object: 'a mapping of fields',
  boolean: 'true or false',
}

function wordsOf(error: ErrorObject): string {
  const { keyword, params, data, parentSchema, message = 'is not valid' } = error
  if (keyword === 'additionalProperties') {
    const near = suggestion(error)
    return `has an unknown field ${params.additionalProperty}${near === undefined ? '' : `; did you mean ${near}?`}`
  }
  if (keyword === 'required') {
    const names = namesOf(error)
    return names.length > 1 ? `needs one of ${names.join(', ')}` : `needs ${names[0]}`
  }
  if (keyword === 'enum') {
    return `must be one of ${(params.allowedValues as unknown[]).join(', ')}, not ${JSON.stringify(data)}`
  }
  if (keyword === 'type') {
    const types = [params.type].flat().map((type: string) => typeNames[type] ?? type)
    return `must be ${types.join(' or ')}, not ${data === null || data === undefined ? 'empty' : JSON.stringify(data)}`
  }
  if (keyword === 'pattern' && parentSchema?.description) return `${JSON.stringify(data)}: ${parentSchema.description}`
  return message
}

/** The known field that the unknown one is nearest to. */
function suggestion({ keyword, params, parentSchema }: ErrorObject): string | undefined {
  if (keyword !== 'additionalProperties') return undefined
  const wrong = String(params.additionalProperty)
  const known = Object.keys((parentSchema?.properties ?? {}) as object)
  const [near] = known
    .map((name) => ({ name, distance: distance(wrong, name) }))
    .filter((one) => one.distance <= Math.max(1, Math.floor(wrong.length / 3)))
    .sort((one, other) => one.distance - other.distance)
  return near?.name
}

/** How many letters have to be changed, added, left out or swapped with their neighbour. */
function distance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0
  for (let row = 1; row <= one.length; row++) {
    const next = [row]
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = row > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      next[column] = Math.min(
        at(row - 1, column) + 1,
        (next[column - 1] ?? 0) + 1,
        at(row - 1, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    rows.push(next)
  }
  return at(one.length, other.length)
}
