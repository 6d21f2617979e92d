// Log lines as gunicorn and Python's logging write them, so that what an operator knows applies.
import type { LogLevel } from './config.ts'

const severity: Record<LogLevel, number> = { debug: 0, info: 1, warning: 2, error: 3 }

/** Where the application's lines go; lines below the level are dropped. */
export interface Log {
  write(level: LogLevel, message: string): void
  /** A line of the server itself, with time and process id. */
  server(level: LogLevel, message: string): void
  /** One access log line; written at every level. */
  access(entry: AccessEntry): void
}

export interface AccessEntry {
  remoteAddress: string
  requestLine: string
  status: number
  bytes: number
  referer: string | undefined
  userAgent: string | undefined
}

/** Makes a log that writes to `out`, showing lines of `level` and above. */
export function makeLog(level: LogLevel, out: NodeJS.WritableStream): Log {
  const isShown = (wanted: LogLevel) => severity[wanted] >= severity[level]
  return {
    write(wanted, message) {
      if (isShown(wanted)) out.write(`${wanted.toUpperCase()}:app:${message}\n`)
    },
    server(wanted, message) {
      if (isShown(wanted)) out.write(`[${isoStamp(new Date())}] [1] [${wanted.toUpperCase()}] ${message}\n`)
    },
    access(entry) {
      out.write(`${accessLine(entry, new Date())}\n`)
    },
  }
}

/** Formats `host - - [date] "request" status bytes "referer" "agent"`. */
export function accessLine(entry: AccessEntry, at: Date): string {
  const { remoteAddress, requestLine, status, bytes, referer, userAgent } = entry
  const safe = (text: string | undefined) => (text ?? '-').replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  return `${remoteAddress} - - [${clfStamp(at)}] "${safe(requestLine)}" ${status} ${bytes} "${safe(referer)}" "${safe(userAgent)}"`
}

function clfStamp(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}

function isoStamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} +0000`
}
