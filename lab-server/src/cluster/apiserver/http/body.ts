// Reads request bodies: bounded in size, depth and expansion, and turned into plain JSON.
import type { IncomingMessage } from 'node:http'
import { parse as parseYaml } from 'yaml'
import { tooLarge, unsupportedMediaType } from '../errors.ts'
import { parseMediaType } from './negotiate.ts'

/** Upstream's limit for request bodies. */
export const bodyLimitBytes = 3 * 1024 * 1024

/** A body, decoded. `text` is what was sent, for finding duplicate fields; absent for binary bodies. */
export interface DecodedBody {
  mediaType: string
  value: unknown
  text?: string
}

/** Turns a protobuf body into the JSON that it stands for. */
export type ProtobufDecoder = (bytes: Buffer) => unknown

/** A body that is not what its media type says. `summary` is its beginning, as upstream quotes it. */
export class BodyError extends Error {
  readonly summary: string
  constructor(message: string, summary: string) {
    super(message)
    this.summary = summary
  }
}

/** Reads all of a request's body; throws 413 beyond the limit. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > bodyLimitBytes) throw tooLarge(bodyLimitBytes)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyLimitBytes) throw tooLarge(bodyLimitBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Decodes a body by its media type; an absent one means JSON. */
export function decodeBody(
  bytes: Buffer,
  contentType: string | undefined,
  decodeProtobuf: ProtobufDecoder,
): DecodedBody {
  const mediaType = parseMediaType(contentType || 'application/json').type
  if (mediaType === 'application/vnd.kubernetes.protobuf') return { mediaType, value: decodeProtobuf(bytes) }
  const isJson = mediaType === 'application/json' || mediaType.endsWith('+json') || mediaType === '*/*'
  const isYaml = mediaType === 'application/yaml' || mediaType.endsWith('+yaml')
  if (!isJson && !isYaml) {
    throw unsupportedMediaType(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'])
  }
  const text = bytes.toString('utf8')
  const value = isJson ? parseJsonBody(text) : parseYamlBody(text)
  return { mediaType, value, text }
}

function parseJsonBody(text: string): unknown {
  try {
    checkDepth(text)
    return JSON.parse(text)
  } catch (error) {
    throw new BodyError(`json parse error: ${goJsonMessage(text, error)}`, summarize(text))
  }
}

function parseYamlBody(text: string): unknown {
  try {
    // The round trip leaves plain JSON only: no dates, maps, or aliases shared between places.
    return JSON.parse(JSON.stringify(parseYaml(text, { maxAliasCount: 100, prettyErrors: false }) ?? null))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // The parser's own limit is the stack.
    const why = message.includes('call stack') ? 'exceeded max depth' : message
    throw new BodyError(`yaml: ${why}`, summarize(text))
  }
}

// As deep as Go's decoder goes; JSON.stringify would overflow the stack not far beyond.
const maxDepth = 5000

function checkDepth(text: string): void {
  let depth = 0
  let isString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (isString) {
      if (code === 92) index += 1
      else if (code === 34) isString = false
    } else if (code === 34) isString = true
    else if (code === 123 || code === 91) {
      depth += 1
      if (depth > maxDepth) throw new Error('exceeded max depth')
    } else if (code === 125 || code === 93) depth -= 1
  }
}

/** Says in Go's words what is wrong with a JSON text. */
function goJsonMessage(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  if (message === 'exceeded max depth' || text === '') return text === '' ? 'unexpected end of JSON input' : message
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? Number.NaN)
  if (
    /Unexpected end|Unterminated|Expected .* in JSON at position/.test(message) &&
    !(position < text.trimEnd().length)
  ) {
    return 'unexpected end of JSON input'
  }
  const character = Number.isNaN(position) ? text.trimStart()[0] : text[position]
  if (character === undefined) return 'unexpected end of JSON input'
  return `invalid character ${goQuote(character)} ${goExpectation(message)}`
}

function goExpectation(message: string): string {
  if (message.includes('Expected property name')) return 'looking for beginning of object key string'
  if (message.includes("Expected ':'")) return 'after object key'
  if (message.includes("Expected ',' or '}'")) return 'after object key:value pair'
  if (message.includes("Expected ',' or ']'")) return 'after array element'
  if (message.includes('non-whitespace character after JSON')) return 'after top-level value'
  return 'looking for beginning of value'
}

function goQuote(character: string): string {
  if (character === "'") return `'\\''`
  return `'${JSON.stringify(character).slice(1, -1)}'`
}

function summarize(text: string): string {
  if (text === '') return '<empty>'
  return text.length > 30 ? `${text.slice(0, 30)} ...` : text
}
