// One line per request, in ingress-nginx's format.
import type { IncomingMessage } from 'node:http'

export interface AccessEntry {
  request: IncomingMessage
  status: number
  bytes: number
  seconds: number
  /** `namespace-service-port`. */
  upstream: string
  /** `ip:port` of the endpoint, and what it answered; absent when none was asked. */
  answer?: { address: string; status: number }
  requestId: string
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Formats one line; `nowMs` is the end of the request. */
export function accessLine(entry: AccessEntry, nowMs: number): string {
  const { request, status, bytes, seconds, upstream, answer, requestId } = entry
  const at = new Date(nowMs)
  const day = String(at.getUTCDate()).padStart(2, '0')
  const stamp = `${day}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}:${at.toISOString().slice(11, 19)} +0000`
  const header = (name: string) => String(request.headers[name] ?? '-').replaceAll('"', '\\x22')
  const line = `${request.method} ${request.url} HTTP/${request.httpVersion}`
  const length = Number(request.headers['content-length'] ?? 0) + line.length
  const behind = answer ? `${answer.address} ${bytes} ${seconds.toFixed(3)} ${answer.status}` : '- - - -'
  return `${request.socket.remoteAddress ?? '-'} - - [${stamp}] "${line}" ${status} ${bytes} "${header('referer')}" "${header('user-agent')}" ${length} ${seconds.toFixed(3)} [${upstream}] [] ${behind} ${requestId}`
}
