// The program of the nginx image: serves static files from a folder, and logs as nginx does.
// Arguments: host, port, document root.
import { createReadStream, realpathSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'

// An import of node:http evaluates all of its exports, a browser's WebSocket with a client for fetch among them: 14 MB
// and 0.1 s of CPU in every pod.
const { createServer } = process.getBuiltinModule('node:http')

const [host = '127.0.0.1', port = '80', documentRoot = '/', version = '1.27.5'] = process.argv.slice(2)

const types: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'application/javascript',
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function accessTime(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T')
  const [year, month, day] = date.split('-')
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`
}

function notice(text: string): void {
  const now = new Date().toISOString()
  process.stderr.write(`${now.slice(0, 10).replaceAll('-', '/')} ${now.slice(11, 19)} [notice] 1#1: ${text}\n`)
}

function errorPage(status: string): string {
  const filler = '<hr><center>nginx/'
  return `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n${filler}${version}</center>\r\n</body>\r\n</html>\r\n`
}

/** The file behind a URL, or undefined; a link out of the document root is no file of ours. */
function findFile(url: string): { path: string; size: number } | undefined {
  try {
    const path = join(documentRoot, normalize(`/${decodeURIComponent(url.split('?')[0] ?? '/')}`))
    const file = realpathSync(statSync(path).isDirectory() ? join(path, 'index.html') : path)
    if (!file.startsWith(realpathSync(documentRoot) + sep)) return undefined
    return { path: file, size: statSync(file).size }
  } catch {
    return undefined
  }
}

function answer(request: IncomingMessage, response: ServerResponse): number {
  response.setHeader('Server', `nginx/${version}`)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const file = isRead ? findFile(request.url ?? '/') : undefined
  if (!file) {
    const page = errorPage(isRead ? '404 Not Found' : '405 Not Allowed')
    response.writeHead(isRead ? 404 : 405, { 'Content-Type': 'text/html', 'Content-Length': page.length })
    response.end(request.method === 'HEAD' ? undefined : page)
    return page.length
  }
  response.writeHead(200, {
    'Content-Type': types[extname(file.path)] ?? 'application/octet-stream',
    'Content-Length': file.size,
    'Accept-Ranges': 'bytes',
  })
  if (request.method === 'HEAD') response.end()
  else
    createReadStream(file.path)
      .on('error', () => response.destroy())
      .pipe(response)
  return request.method === 'HEAD' ? 0 : file.size
}

const server = createServer((request, response) => {
  const size = answer(request, response)
  const { method, url, httpVersion, headers, socket } = request
  const referer = headers.referer ?? '-'
  const agent = headers['user-agent'] ?? '-'
  const forwarded = headers['x-forwarded-for'] ?? '-'
  process.stdout.write(
    `${socket.remoteAddress} - - [${accessTime(new Date())}] "${method} ${url} HTTP/${httpVersion}" ${response.statusCode} ${size} "${referer}" "${agent}" "${forwarded}"\n`,
  )
})

server.on('error', (error: NodeJS.ErrnoException) => {
  process.stderr.write(`nginx: [emerg] bind() to 0.0.0.0:80 failed (${error.message})\n`)
  process.exit(1)
})
// In a pod's network "everywhere" is the pod's address and its loopback; on the bare machine it would be more.
server.listen(Number(port), process.env.PODNET_ADDRESS ? '0.0.0.0' : host, () => {
  notice('using the "epoll" event method')
  notice(`nginx/${version}`)
  notice('start worker processes')
})
for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
  process.once(signal, () => {
    notice(`signal ${signal === 'SIGQUIT' ? 3 : 15} (${signal}) received, exiting`)
    server.close()
    server.closeAllConnections()
  })
}
