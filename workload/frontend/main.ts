// Stands where the image has nginx: serves the static files of one folder, with nginx's answers and log lines.
import { mkdirSync, readFileSync } from 'node:fs'
import { errorLine } from './nginx-log.ts'
import { makeServer } from './server.ts'

/** What the container's start hands over, as JSON in `NGINX_LAUNCH`. */
interface Launch {
  argv: string[]
  /** Host folder of the document root, and the text of the configuration with it. */
  root: string
  configuration: string
  cache: { host: string; isReadOnly: boolean }
}

const launch: Launch = JSON.parse(process.env.NGINX_LAUNCH ?? '{}')
const report = (level: string, text: string) => process.stderr.write(`${errorLine(level, text, new Date())}\n`)

process.exitCode = start()

function start(): number {
  const complaint = checkArguments(launch.argv) ?? makeCache()
  if (complaint) {
    report('emerg', complaint)
    process.stderr.write(`nginx: [emerg] ${complaint}\n`)
    return 1
  }
  const port = readPort()
  const server = makeServer({ root: launch.root, out: process.stdout, errors: process.stderr })
  server.on('error', (error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? '98: Address already in use' : '13: Permission denied'
    process.stderr.write(`nginx: [emerg] bind() to 0.0.0.0:${port} failed (${reason})\n`)
    process.exitCode = 1
  })
  server.listen({ host: '0.0.0.0', port }, () => {
    report('notice', 'using the "epoll" event method')
    report('notice', 'nginx/1.27.5')
    report('notice', 'start worker processes')
  })
  const stop = (signal: string, isGraceful: boolean) => {
    report('notice', `signal ${signal} received, ${isGraceful ? 'gracefully shutting down' : 'exiting'}`)
    server.close(() => report('notice', 'exit'))
    if (isGraceful) server.closeIdleConnections()
    else server.closeAllConnections()
  }
  process.once('SIGQUIT', () => stop('3 (SIGQUIT)', true))
  process.once('SIGTERM', () => stop('15 (SIGTERM)', false))
  process.once('SIGINT', () => stop('2 (SIGINT)', false))
  return 0
}

/** `nginx -g 'daemon off;'`, with or without the image's entrypoint in front. */
function checkArguments(argv: string[]): string | undefined {
  const args = argv.filter((word) => !/(^|\/)(docker-entrypoint\.sh|nginx|nginx-debug)$/.test(word))
  const odd = args.find((word, index) => !['-g', '-c'].includes(word) && !['-g', '-c'].includes(args[index - 1] ?? ''))
  return odd === undefined ? undefined : `invalid option: "${odd}"`
}

function makeCache(): string | undefined {
  const path = '/var/cache/nginx/client_temp'
  if (launch.cache.isReadOnly) return `mkdir() "${path}" failed (30: Read-only file system)`
  try {
    mkdirSync(launch.cache.host, { recursive: true })
    return undefined
  } catch {
    return `mkdir() "${path}" failed (13: Permission denied)`
  }
}

function readPort(): number {
  try {
    const match = /^\s*listen\s+(?:[\d.*]+:)?(\d+)/m.exec(readFileSync(launch.configuration, 'utf8'))
    return Number(match?.[1] ?? 80)
  } catch {
    return 80
  }
}
