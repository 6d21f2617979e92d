// The head of a request, read as strictly as BusyBox does.
import { posix } from 'node:path'
import { type ByteReader, readLine } from '../../byte-stream.ts'

/** A request without its body. */
export interface HttpdRequest {
  method: string
  /** As it was sent, with the query. */
  target: string
  /** Decoded and without dots; ends with a slash where the request did. */
  path: string
  query: string
  headers: ReadonlyMap<string, string>
}

/** A request, the status that refuses it, or undefined when nothing came. */
export type RequestResult = HttpdRequest | 400 | 404 | undefined

/** Longest head: a client must not fill the server's memory. */
const longestHead = 64 * 1024

/** Reads a request up to its body. */
export async function readRequest(input: ByteReader): Promise<RequestResult> {
  let size = 0
  const reader: ByteReader = {
    ...input,
    async read() {
      const chunk = await input.read()
      size += chunk?.length ?? 0
      return size > longestHead ? undefined : chunk
    },
  }
  const nextLine = async () => (await readLine(reader))?.text.replace(/\r$/, '') ?? ''
  const first = await nextLine()
  if (first === '') return undefined
  const [method = '', target = '', protocol = ''] = first.split(' ')
  if (!target.startsWith('/') || !/^HTTP\//i.test(protocol)) return 400
  const [encoded = '', ...rest] = target.split('?')
  const path = readPath(encoded)
  if (typeof path === 'number') return path

  const headers = new Map<string, string>()
  for (let line = await nextLine(); line !== ''; line = await nextLine()) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return { method: method.toUpperCase(), target, path, query: rest.join('?'), headers }
}

/** The path that a URL means; a path above the root is no request, one with a hidden slash or NUL means nothing. */
export function readPath(encoded: string): string | 400 | 404 {
  const decoded = decodeUrl(encoded)
  if (decoded === undefined) return 400
  if (/%2f|%00/i.test(encoded)) return 404
  let depth = 0
  for (const part of decoded.split('/')) {
    if (part === '..') depth -= 1
    else if (part !== '' && part !== '.') depth += 1
    if (depth < 0) return 400
  }
  return posix.normalize(decoded)
}

/** Replaces `%20` and the like; undefined where the digits are none. */
export function decodeUrl(text: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined
  const bytes = text.replaceAll(/%(..)|[^%]+/g, (part, hex?: string) =>
    hex === undefined ? Buffer.from(part).toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString()
}
