import { posix } from 'node:path'
import type { ByteWriter } from '../../byte-stream.ts'
import type { JailFs, JailStat } from '../../fs/jail-fs.ts'
import type { HttpdConfig } from './config.ts'
import type { HttpdRequest } from './request.ts'
import { contentTypeOf, entityTag, errorPage, responseHead } from './response.ts'

/** What files are served, and how. */
export interface HttpdSite {
  fs: JailFs
  home: string
  config: HttpdConfig
}

/** Answers with a file, a folder's index page, a way to the folder, or an error; returns the status. */
export async function serveFile(site: HttpdSite, request: HttpdRequest, output: ByteWriter): Promise<number> {
  const { fs, home, config } = site
  const { path, query, headers, method } = request
  const wanted = posix.join(home, path)
  const stat = await fs.stat(wanted).catch(() => undefined)
  if (stat?.isDirectory && !path.endsWith('/')) {
    await output.write(responseHead(302, { location: `${path}/${query === '' ? '' : `?${query}`}` }))
    return 302
  }
  const file = path.endsWith('/') ? posix.join(wanted, config.indexPage) : wanted
  const found = path.endsWith('/') && !stat?.isDirectory ? undefined : await fs.stat(file).catch(() => undefined)
  if (!found?.isFile) return refuse(404, output)
  if (headers.get('if-none-match') === entityTag(found)) {
    await output.write(responseHead(304))
    return 304
  }
  const range = readRange(headers.get('range'), found)
  const handle = await fs.openRead(file).catch(() => undefined)
  if (!handle) return refuse(403, output)
  try {
    const status = range ? 206 : 200
    const contentType = contentTypeOf(posix.extname(file), config.types)
    await output.write(responseHead(status, { contentType, range, file: found }))
    if (method === 'HEAD') return status
    const end = range ? range.to + 1 : found.size
    for (let at = range?.from ?? 0; at < end; ) {
      const buffer = Buffer.alloc(Math.min(64 * 1024, end - at))
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
      if (bytesRead === 0) break
      await output.write(buffer.subarray(0, bytesRead))
      at += bytesRead
    }
    return status
  } finally {
    await handle.close()
  }
}

/** Answers with an error page; returns the status. */
export async function refuse(status: number, output: ByteWriter): Promise<number> {
  await output.write(responseHead(status) + errorPage(status))
  return status
}

/** `bytes=2-4` or `bytes=2-`; anything else asks for the whole file. */
function readRange(header: string | undefined, { size }: JailStat): { from: number; to: number } | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '')
  if (!match) return undefined
  const from = Number(match[1])
  const to = match[2] ? Math.min(Number(match[2]), size - 1) : size - 1
  return from <= to && from < size ? { from, to } : undefined
}
