// Reads request bodies: bounded in size, depth and expansion, and turned into plain JSON.
import type { IncomingMessage } from 'node:http'
import { parseDocument } from 'yaml'
import { badRequest, isApiError, tooLarge, unsupportedMediaType } from '../errors.ts'
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
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > bodyLimitBytes) throw tooLarge(bodyLimitBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    // A client that goes in the middle of its body is no news.
    throw request.complete || isApiError(error) ? error : badRequest('unexpected EOF')
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
    checkDepth(text, maxJsonDepth)
    const value = JSON.parse(text)
    return hasEscapedSurrogate.test(text) ? wellFormed(value) : value
  } catch (error) {
    throw new BodyError(`json parse error: ${goJsonMessage(text, error)}`, summarize(text))
  }
}

const hasEscapedSurrogate = /\\u[dD][89a-fA-F]/

/** Half a surrogate pair is no character: Go's decoder puts U+FFFD in its place. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(wellFormed)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member)]))
}

function parseYamlBody(text: string): unknown {
  // Most of what comes as YAML is JSON, which is read a hundred times as fast.
  if (text.trimStart().startsWith('{')) {
    try {
      return parseJsonBody(text)
    } catch {
      // YAML in braces.
    }
  }
  try {
    checkDepth(text, maxYamlDepth)
    const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' })
    // As Go's reader does, only the first of several documents is read.
    const error = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS')
    if (error) throw error
    // The round trip leaves plain JSON only: no dates, maps, or aliases shared between places.
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? null))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // The parser's own limit is the stack.
    const why = message.includes('call stack') ? 'exceeded max depth' : message
    throw new BodyError(`yaml: ${why}`, summarize(text))
  }
}

// As deep as Go's decoder goes; JSON.stringify would overflow the stack not far beyond.
const maxJsonDepth = 5000
// The reader of YAML takes seconds for what is nested much deeper.
const maxYamlDepth = 1000

function checkDepth(text: string, maxDepth: number): void {
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
  const token = /^Unexpected token (?:'(.)'|(.)),? /su.exec(message)
  const named = token?.[1] ?? token?.[2]
  if (named !== undefined) return `invalid character ${goQuote(named)} looking for beginning of value`
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
  if (/Expected (?:double-quoted )?property name/.test(message)) return 'looking for beginning of object key string'
  if (message.includes("Expected ':'")) return 'after object key'
  if (message.includes("Expected ',' or '}'")) return 'after object key:value pair'
  if (message.includes("Expected ',' or ']'")) return 'after array element'
  if (message.includes('non-whitespace character after JSON')) return 'after top-level value'
  return 'looking for beginning of value'
}

function goQuote(character: string): string {
  if (character === "'") return `'\\''`
  // Go looks at bytes, and shows the first as a character.
  const first = Buffer.from(character).toString('latin1').slice(0, 1)
  return `'${JSON.stringify(first).slice(1, -1)}'`
}

function summarize(text: string): string {
  if (text === '') return '<empty>'
  return text.length > 30 ? `${text.slice(0, 30)} ...` : text
}
