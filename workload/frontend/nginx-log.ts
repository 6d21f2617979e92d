// nginx's two log formats.
import type { IncomingMessage } from 'node:http'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (number: number) => String(number).padStart(2, '0')

/** One line of the access log, in the image's `main` format. */
export function accessLine(request: IncomingMessage, status: number, bytes: number, at: Date): string {
  const date = `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}`
  const stamp = `${date}:${at.toISOString().slice(11, 19)} +0000`
  const header = (name: string) => `"${escaped(request.headers[name])}"`
  const trail = `${header('referer')} ${header('user-agent')} ${header('x-forwarded-for')}`
  return `${clientOf(request)} - - [${stamp}] "${requestLine(request)}" ${status} ${bytes} ${trail}`
}

/** One line of the error log. */
export function errorLine(level: string, text: string, at: Date): string {
  const stamp = at.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')
  return `${stamp} [${level}] 1#1: ${text}`
}

/** The tail of an error line that says whose request it was. */
export function requestDetails(request: IncomingMessage): string {
  const host = request.headers.host ?? ''
  return `client: ${clientOf(request)}, server: localhost, request: "${requestLine(request)}", host: "${escaped(host)}"`
}

function requestLine(request: IncomingMessage): string {
  return escaped(`${request.method} ${request.url} HTTP/${request.httpVersion}`)
}

function clientOf(request: IncomingMessage): string {
  return request.socket.remoteAddress?.replace('::ffff:', '') ?? '-'
}

function escaped(value: string | string[] | undefined): string {
  const text = value === undefined ? '-' : String(value)
  return text.replaceAll(/["\\]|\p{Cc}/gu, (char) => `\\x${two16(char)}`)
}

function two16(char: string): string {
  return char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()
}
