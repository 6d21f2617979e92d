// Writes answers: JSON or YAML, with status, warnings and compression.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { stringify } from 'yaml'
import { ApiError, type FailureStatus, internalError } from '../errors.ts'
import type { AnswerForm } from './negotiate.ts'

// Below this compressing costs more than it saves; upstream's threshold.
const compressFromBytes = 128 * 1024

/** Sends one whole answer. */
export function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  code: number,
  object: unknown,
  format: AnswerForm['format'] = 'json',
): void {
  const isYaml = format === 'yaml'
  const text = isYaml ? stringify(object, { aliasDuplicateObjects: false }) : jsonText(request, object)
  sendText(request, response, code, text, isYaml ? 'application/yaml' : 'application/json')
}

/** JSON as upstream writes it: a line, or indented for who asks for it and for browsers, curl and Wget. */
function jsonText({ url = '', headers }: IncomingMessage, value: unknown): string {
  const asked = new URLSearchParams(url.split('?', 2)[1]).get('pretty')
  const isReadByPeople = /^(?:curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '')
  const isPretty = asked ? /^(?:1|t|true)$/i.test(asked) : isReadByPeople
  return isPretty ? JSON.stringify(value, undefined, 2) : `${JSON.stringify(value)}\n`
}

/** Sends a body that is already text, compressed when the client can take it and it is large. */
export function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  code: number,
  text: string,
  contentType: string,
): void {
  let body = Buffer.from(text)
  if (body.length > compressFromBytes && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    body = gzipSync(body, { level: 1 })
    response.setHeader('Content-Encoding', 'gzip')
    response.setHeader('Vary', 'Accept-Encoding')
  }
  response.statusCode = code
  response.setHeader('Content-Type', contentType)
  response.setHeader('Content-Length', body.length)
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Sends a failure as a Status. What is no ApiError is reported through `onUnexpected` and answered as 500. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  onUnexpected: (error: unknown) => void,
): void {
  const status = statusOf(error, onUnexpected)
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (status.code === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="kubernetes"')
  if (status.details?.retryAfterSeconds) response.setHeader('Retry-After', String(status.details.retryAfterSeconds))
  sendText(request, response, status.code, jsonText(request, status), 'application/json')
}

/** The Status that a failure is answered with. */
export function statusOf(error: unknown, onUnexpected: (error: unknown) => void): FailureStatus {
  if (error instanceof ApiError) return error.status
  onUnexpected(error)
  return internalError(error instanceof Error ? error.message : String(error)).status
}

/** The value of a `Warning` header: code 299, no agent, quoted text. */
export function warningHeader(message: string): string {
  return `299 - "${message.replace(/[\r\n]+/g, ' ').replace(/(["\\])/g, '\\$1')}"`
}
