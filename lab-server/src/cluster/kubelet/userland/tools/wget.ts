import type { IncomingMessage } from 'node:http'
import { posix } from 'node:path'
import { type Task, type Tool, ToolFailure } from '../task.ts'
import { explain } from './explain.ts'
import { exchange, parseUrl, portOf, rawHeaders } from './http-client.ts'
import { parseOptions } from './options.ts'
import { resolveHost } from './resolve-host.ts'

/** BusyBox's `wget`, with its words. */
export const wget: Tool = async (task) => {
  const { has, value, values, operands } = parseOptions(task.argv, 'qO:ScY:P:U:T:t:o:', {
    quiet: 'q',
    'output-document': 'O',
    'server-response': 'S',
    spider: 'spider',
    header: 'header:',
    'post-data': 'post:',
    'post-file': 'postfile:',
    timeout: 'T',
    tries: 't',
    'no-check-certificate': 'insecure',
    'user-agent': 'U',
    continue: 'c',
    'directory-prefix': 'P',
    'no-verbose': 'q',
    method: 'method:',
  })
  if (operands.length === 0) {
    throw new ToolFailure(
      'BusyBox v1.37.0 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[-P DIR] [-U AGENT] [-T SEC] URL...',
    )
  }
  for (const operand of operands) {
    const download: Download = {
      quiet: has.has('q'),
      showHead: has.has('S'),
      spider: has.has('spider'),
      insecure: has.has('insecure'),
      target: value.get('O'),
      folder: value.get('P'),
      agent: value.get('U') ?? 'Wget',
      headers: values('header'),
      body: await bodyOf(task, value),
      timeoutMs: Number(value.get('T') ?? 900) * 1000,
    }
    await fetchUrl(task, operand, download)
  }
  return 0
}

interface Download {
  quiet: boolean
  showHead: boolean
  spider: boolean
  insecure: boolean
  target?: string
  folder?: string
  agent: string
  headers: string[]
  body?: Buffer
  timeoutMs: number
}

async function bodyOf(task: Task, value: ReadonlyMap<string, string>): Promise<Buffer | undefined> {
  const data = value.get('post')
  if (data !== undefined) return Buffer.from(data)
  const file = value.get('postfile')
  return file === undefined
    ? undefined
    : Buffer.from(await task.system.fs.readFileBuffer(posix.resolve(task.cwd, file)))
}

const mostRedirects = 6

async function fetchUrl(task: Task, text: string, download: Download): Promise<void> {
  let url = parseUrl(text) ?? fail(`wget: not an http or ftp url: ${text}`)
  for (let redirects = 0; redirects < mostRedirects; redirects += 1) {
    const response = await ask(task, url, redirects === 0 ? hostOf(text) : url.host, download)
    const status = `HTTP/1.1 ${response.statusCode} ${response.statusMessage}`
    if (download.showHead) {
      const lines = [...rawHeaders(response)].map(([name, value]) => `  ${name}: ${value}\n`)
      await task.stderr.write(`  ${status}\n${lines.join('')}`)
    }
    const code = response.statusCode ?? 0
    const { location } = response.headers
    if ([301, 302, 303, 307, 308].includes(code) && location) {
      response.destroy()
      url = new URL(location, url)
      continue
    }
    if (code < 200 || code > 299) {
      response.destroy()
      fail(`wget: server returned error: ${status}`)
    }
    if (download.spider) {
      response.destroy()
      if (!download.quiet) await task.stderr.write('remote file exists\n')
      return
    }
    return save(task, url, response, download)
  }
  fail('wget: too many redirections')
}

/** The host as it was written, with its port even where that is the usual one. */
const hostOf = (text: string) => /^(?:\w+:\/\/)?(?:[^/@]*@)?([^/?#]*)/.exec(text)?.[1] ?? text

async function ask(task: Task, url: URL, host: string, download: Download): Promise<IncomingMessage> {
  const port = portOf(url)
  const address = await resolveHost(task, 'wget', url.hostname, host)
  if (!download.quiet) await task.stderr.write(`Connecting to ${host} (${address}:${port})\n`)
  const socket = await task.system.network
    .connect(address, port, { timeoutMs: download.timeoutMs, signal: task.signal })
    .catch((error: unknown) => {
      const timedOut = (error as NodeJS.ErrnoException).code === 'ETIMEDOUT' && download.timeoutMs < 120_000
      return fail(
        timedOut ? 'wget: download timed out' : `wget: can't connect to remote host (${address}): ${explain(error)}`,
      )
    })
  // Wall time: a server that accepts and stays silent.
  socket.setTimeout(download.timeoutMs, () => socket.destroy(Object.assign(new Error('timeout'), { code: 'TIMEOUT' })))
  const headers: Record<string, string> = { Host: url.host, 'User-Agent': download.agent, Connection: 'close' }
  if (download.body) headers['Content-Type'] = 'application/x-www-form-urlencoded'
  for (const line of download.headers) {
    const [name = '', ...rest] = line.split(':')
    for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known]
    headers[name] = rest.join(':').trim()
  }
  const method = download.body ? 'POST' : download.spider ? 'HEAD' : 'GET'
  try {
    return await exchange({ socket, url, method, headers, body: download.body, insecure: true })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'TIMEOUT') return fail('wget: download timed out')
    if (url.protocol === 'https:') return fail(`wget: TLS error from peer: ${message}`)
    return fail(
      code === 'ECONNRESET' ? 'wget: error getting response: Connection reset by peer' : 'wget: error getting response',
    )
  }
}

async function save(task: Task, url: URL, response: IncomingMessage, download: Download): Promise<void> {
  const name = download.target ?? posix.basename(url.pathname.replace(/\/$/, '/index.html')) ?? 'index.html'
  const toStdout = name === '-' || name === '/dev/stdout'
  const path = posix.resolve(task.cwd, download.target === undefined ? (download.folder ?? '') : '', name)
  if (!toStdout && download.target === undefined && (await task.system.fs.exists(path)))
    fail(`wget: can't open '${name}': File exists`)
  const isNull = path === '/dev/null'
  const file =
    toStdout || isNull
      ? undefined
      : await task.system.fs
          .openWrite(path, false)
          .catch((error: unknown) => fail(`wget: can't open '${name}': ${explain(error)}`))
  if (!download.quiet) await task.stderr.write(toStdout ? 'writing to stdout\n' : `saving to '${name}'\n`)
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (file) await file.write(chunk)
      else if (toStdout) await task.stdout.write(chunk)
    }
  } catch {
    fail('wget: connection closed prematurely')
  } finally {
    await file?.close()
  }
  if (download.quiet) return
  const label = (toStdout ? '-' : name).slice(0, 20).padEnd(20)
  await task.stderr.write(`${label} 100% |********************************| ${String(size).padStart(5)}  0:00:00 ETA\n`)
  await task.stderr.write(toStdout ? 'written to stdout\n' : `'${name}' saved\n`)
}

function fail(message: string): never {
  throw new ToolFailure(message, 1)
}
