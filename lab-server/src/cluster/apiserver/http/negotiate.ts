// In which form the client wants its answer.
import { notAcceptable } from '../errors.ts'

/** A form that the server can produce. */
export interface AnswerForm {
  format: 'json' | 'yaml'
  /** The objects as rows of a table, or their metadata only. */
  as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'
  /** Version of meta.k8s.io for `as`. */
  version?: string
}

const producible = ['application/json', 'application/yaml']

/** Picks the first form of an Accept header that the server can produce; throws 406 when there is none. */
export function negotiate(accept: string | undefined): AnswerForm {
  if (!accept?.trim()) return { format: 'json' }
  for (const range of parseAccept(accept)) {
    const format = formatOf(range.type)
    if (format === undefined) continue
    const { as, v, g } = range.parameters
    if (as === undefined) return { format }
    const isKnown = as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'
    if (isKnown && g === 'meta.k8s.io' && (v === 'v1' || v === 'v1beta1')) return { format, as, version: v }
  }
  throw notAcceptable(producible)
}

/** One media range of an Accept header. */
export interface MediaRange {
  type: string
  parameters: Record<string, string>
}

/** The media ranges of an Accept header, most wanted first. */
export function parseAccept(accept: string): MediaRange[] {
  return accept
    .split(',')
    .map(parseMediaType)
    .map((range, index) => ({ range, index, quality: Number(range.parameters.q ?? 1) || 0 }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.index - b.index)
    .map(({ range }) => range)
}

/** Splits `type/subtype; a=b` into its parts. */
export function parseMediaType(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters: Record<string, string> = Object.create(null)
  for (const part of rest) {
    const equals = part.indexOf('=')
    if (equals > 0) parameters[part.slice(0, equals)] = part.slice(equals + 1).replace(/^"|"$/g, '')
  }
  return { type: type.toLowerCase(), parameters }
}

function formatOf(type: string): AnswerForm['format'] | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json'
  if (type === 'application/yaml' || type === 'application/x-yaml') return 'yaml'
  return undefined
}
