// Static files over HTTP as nginx serves them: index, ETag, Last-Modified, ranges, HEAD, its own error pages.
import { createReadStream, type Stats, statSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { accessLine, errorLine, requestDetails } from './nginx-log.ts'

// An import of node:http evaluates all of its exports, a browser's WebSocket with a client for fetch among them: 14 MB
// and 0.1 s of CPU in every pod.
const { createServer } = process.getBuiltinModule('node:http')

export interface Site {
  /** Folder on the host that is `/usr/share/nginx/html` in the container. */
  root: string
  out: NodeJS.WritableStream
  errors: NodeJS.WritableStream
}

const containerRoot = '/usr/share/nginx/html'
const token = 'nginx/1.27.5'
const types: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'application/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain',
  '.woff2': 'font/woff2',
}
const titles: Record<number, string> = {
  301: '301 Moved Permanently',
  400: '400 Bad Request',
  403: '403 Forbidden',
  404: '404 Not Found',
  405: '405 Not Allowed',
  416: '416 Requested Range Not Satisfiable',
}

/** Makes the HTTP server; it does not listen yet. */
export function makeServer(site: Site): Server {
  let connections = 0
  const server = createServer((request, response) => {
    response.on('close', () => {
      const sent = Number(response.getHeader('content-length') ?? 0)
      const bytes = request.method === 'HEAD' || response.statusCode === 304 ? 0 : sent
      site.out.write(`${accessLine(request, response.statusCode, bytes, new Date())}\n`)
    })
    const complain = (problem: string) => {
      const text = `*${connections} ${problem}, ${requestDetails(request)}`
      site.errors.write(`${errorLine('error', text, new Date())}\n`)
    }
    response.setHeader('Server', token)
    serve(site, request, response, complain)
  })
  server.on('connection', () => {
    connections += 1
  })
  server.keepAliveTimeout = 65_000
  return server
}

function serve(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  complain: (text: string) => void,
): ServerResponse {
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendPage(request, response, 405)
  const path = decodePath(request.url ?? '/')
  if (path === undefined) return sendPage(request, response, 400)
  const wanted = path.endsWith('/') ? `${path}index.html` : path
  const stats = statOf(join(site.root, wanted))
  if (stats?.isFile()) return sendFile(request, response, join(site.root, wanted), stats)
  if (stats?.isDirectory()) {
    response.setHeader('Location', `http://${request.headers.host ?? 'localhost'}${path}/`)
    return sendPage(request, response, 301)
  }
  if (path.endsWith('/') && statOf(join(site.root, path))?.isDirectory()) {
    complain(`directory index of "${containerRoot}${path}" is forbidden`)
    return sendPage(request, response, 403)
  }
  complain(`open() "${containerRoot}${path}" failed (2: No such file or directory)`)
  return sendPage(request, response, 404)
}

/** The path without query and escapes, never above the root; undefined when it is not a valid one. */
function decodePath(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '/')
    if (!path.startsWith('/') || path.includes('\0')) return undefined
    return normalize(path)
  } catch {
    return undefined
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

function sendFile(request: IncomingMessage, response: ServerResponse, path: string, stats: Stats): ServerResponse {
  const seconds = Math.floor(stats.mtimeMs / 1000)
  const etag = `"${seconds.toString(16)}-${stats.size.toString(16)}"`
  response.setHeader('Last-Modified', new Date(seconds * 1000).toUTCString())
  response.setHeader('ETag', etag)
  if (isFresh(request, etag, seconds)) {
    return response.writeHead(304).end()
  }
  const type = types[extname(path)] ?? 'application/octet-stream'
  response.setHeader('Content-Type', type)
  response.setHeader('Accept-Ranges', 'bytes')
  const range = readRange(request.headers.range, stats.size)
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${stats.size}`)
    return sendPage(request, response, 416)
  }
  if (range) response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${stats.size}`)
  const { start, end } = range ?? { start: 0, end: stats.size - 1 }
  response.writeHead(range ? 206 : 200, { 'Content-Length': end - start + 1 })
  if (request.method === 'HEAD' || stats.size === 0) return response.end()
  return createReadStream(path, { start, end })
    .on('error', () => response.destroy())
    .pipe(response)
}

function isFresh(request: IncomingMessage, etag: string, seconds: number): boolean {
  const match = request.headers['if-none-match']
  if (match !== undefined) return match.split(',').some((tag) => [etag, `W/${etag}`, '*'].includes(tag.trim()))
  const since = request.headers['if-modified-since']
  return since !== undefined && Date.parse(since) === seconds * 1000
}

function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  return start > end || start >= size ? 'unsatisfiable' : { start, end }
}

function sendPage(request: IncomingMessage, response: ServerResponse, status: number): ServerResponse {
  const title = titles[status] ?? String(status)
  const text = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${token}</center>\r\n</body>\r\n</html>\r\n`
  response.writeHead(status, { 'Content-Type': 'text/html', 'Content-Length': Buffer.byteLength(text) })
  return response.end(request.method === 'HEAD' ? undefined : text)
}
