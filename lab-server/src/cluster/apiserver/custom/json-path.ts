// The JSONPath of printer columns and subresources: `.spec.level`, `.status.conditions[?(@.type=="Ready")].status`.

type Step = { field: string } | { index: number } | { everything: true } | { where: string[]; equals: string }

/** Reads a path into a function from a value to all that it finds. Throws for a path that cannot be read. */
export function parseJsonPath(path: string): (value: unknown) => unknown[] {
  const steps = parseSteps(path)
  return (value) => steps.reduce<unknown[]>((found, step) => found.flatMap((item) => follow(item, step)), [value])
}

const token =
  /\.?\['((?:[^'\\]|\\.)*)'\]|\.([A-Za-z_][\w-]*(?:\\\.[\w-]+)*)|\[(-?\d+)\]|\[\*\]|\[\?\(@((?:\.[\w-]+)+)\s*==\s*["']([^"']*)["']\)\]/y

function parseSteps(path: string): Step[] {
  const text = path.replace(/^\{|\}$/g, '').replace(/^\$/, '')
  const steps: Step[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const match = token.exec(text)
    if (match === null) throw new Error(`unreadable JSONPath ${JSON.stringify(path)}`)
    const [, quoted, field, index, where, equals] = match
    const name = quoted ?? field
    if (name !== undefined) steps.push({ field: name.replaceAll('\\.', '.') })
    else if (index !== undefined) steps.push({ index: Number(index) })
    else if (where !== undefined) steps.push({ where: where.split('.').slice(1), equals: equals ?? '' })
    else steps.push({ everything: true })
  }
  return steps
}

function follow(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if ('field' in step) return Object.hasOwn(value, step.field) ? [(value as Record<string, unknown>)[step.field]] : []
  if ('everything' in step) return Object.values(value)
  if (!Array.isArray(value)) return []
  if ('index' in step) {
    const item = value.at(step.index)
    return item === undefined ? [] : [item]
  }
  return value.filter((item) => String(read(item, step.where)) === step.equals)
}

function read(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, name)
        ? (at as Record<string, unknown>)[name]
        : undefined,
    value,
  )
}
