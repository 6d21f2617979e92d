// Upstream's decoder speaks Go: the names of its types, and its words for bytes and times it cannot read.
import type { Schema } from './schemas.ts'

/** What Go's decoder calls a JSON value. */
export function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** The Go type of a shape: `[]v1.Container`, `map[string]string`, `int32`. */
export function goTypeOf(schema: Schema): string {
  // io.k8s.api.core.v1.Container is v1.Container.
  if (schema.ref) return schema.ref.split('.').slice(-2).join('.')
  switch (schema.type) {
    case 'array':
      return `[]${goTypeOf(schema.items ?? {})}`
    case 'object':
      return `map[string]${goTypeOf(schema.values ?? {})}`
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float64'
    case 'byte':
      return '[]uint8'
    case 'quantity':
      return 'resource.Quantity'
    case 'int-or-string':
      return 'intstr.IntOrString'
    case 'time':
      return 'v1.Time'
    case 'micro-time':
      return 'v1.MicroTime'
    default:
      return schema.type ?? 'interface {}'
  }
}

/** What is wrong with base64 text, if anything. Line ends are allowed inside, as in Go. */
export function base64Problem(text: string): string | undefined {
  let quantum = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? ''
    if (character === '\n' || character === '\r') continue
    if (/[A-Za-z0-9+/]/.test(character)) {
      quantum = (quantum + 1) % 4
      continue
    }
    if (character !== '=' || quantum < 2) return corrupt(i)
    return paddingProblem(text, i + 1, quantum)
  }
  return quantum === 0 ? undefined : corrupt(text.length - quantum)
}

function paddingProblem(text: string, from: number, quantum: number): string | undefined {
  let i = from
  const skipLineEnds = () => {
    while (text[i] === '\n' || text[i] === '\r') i++
  }
  skipLineEnds()
  if (quantum === 2) {
    if (i === text.length) return corrupt(text.length)
    if (text[i] !== '=') return corrupt(i)
    i++
    skipLineEnds()
  }
  return i < text.length ? corrupt(i) : undefined
}

function corrupt(position: number): string {
  return `illegal base64 data at input byte ${position}`
}

/** What is wrong with a timestamp, if anything. */
export function timeProblem(text: string, type: 'time' | 'micro-time'): string | undefined {
  if (/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined
  const layout = type === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
  return `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(text)} as "2006"`
}
