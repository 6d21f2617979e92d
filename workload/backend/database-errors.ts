// Turns what the driver and the system report into the sentences that libpq would print.
import type { DatabaseConfig } from './config.ts'

/** The database could not be reached or refused the connection; the API answers 503. */
export class Unavailable extends Error {}

const systemTexts: Record<string, string> = {
  ECONNREFUSED: 'Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
  ETIMEDOUT: 'timeout expired',
  EHOSTUNREACH: 'No route to host\n\tIs the server running on that host and accepting TCP/IP connections?',
  ENETUNREACH: 'Network is unreachable\n\tIs the server running on that host and accepting TCP/IP connections?',
}
const closed =
  'server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.'

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Whether an error means that the process itself ran out of something, which is not the database's doing. */
export function isAtLimit(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'ENOMEM'].includes(codeOf(error))
}

/** The error of a connection that did not come about, in libpq's words. */
export function connectionError(
  error: unknown,
  config: Pick<DatabaseConfig, 'host' | 'port'>,
  address: string,
): Unavailable {
  return new Unavailable(connectionText(error, config, address), { cause: error })
}

function connectionText(error: unknown, { host, port }: Pick<DatabaseConfig, 'host' | 'port'>, address: string) {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  if (code === 'EAI_AGAIN')
    return `could not translate host name "${host}" to address: Temporary failure in name resolution`
  if (address === '') return `could not translate host name "${host}" to address: Name or service not known`
  if (!/^\d{1,5}$/.test(port)) return `invalid integer value "${port}" for connection option "port"`
  const shown = host === address ? `"${host}"` : `"${host}" (${address})`
  const failed = (reason: string) => `connection to server at ${shown}, port ${port} failed: ${reason}`

  const known = systemTexts[code]
  if (known) return failed(known)
  if (/^[0-9A-Z]{5}$/.test(code)) return failed(`FATAL:  ${message}`)
  if (message.includes('password must be')) return failed('fe_sendauth: no password supplied')
  if (/timeout/i.test(message)) return failed('timeout expired')
  if (code === 'ECONNRESET' || code === 'EPIPE' || /terminated/i.test(message)) return failed(closed)
  return failed(message)
}

/** Whether a failed statement means that the connection or the server went away. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof Unavailable) return true
  const code = codeOf(error)
  if (/^(57P|08)/.test(code) || ['ECONNRESET', 'EPIPE'].includes(code)) return true
  return error instanceof Error && /terminated|Query read timeout/i.test(error.message)
}
