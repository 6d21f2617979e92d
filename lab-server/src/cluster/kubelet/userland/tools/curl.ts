import type { IncomingMessage } from 'node:http'
import { posix } from 'node:path'
import { readAll } from '../byte-stream.ts'
import { type Task, type Tool, ToolFailure } from '../task.ts'
import { exchange, parseUrl, portOf, rawHeaders } from './http-client.ts'
import { type ParsedOptions, parseOptions } from './options.ts'

const long: Record<string, string> = {
  silent: 's',
  'show-error': 'S',
  include: 'i',
  head: 'I',
  verbose: 'v',
  request: 'X',
  data: 'd',
  'data-raw': 'd',
  'data-binary': 'binary:',
  'data-urlencode': 'd',
  header: 'H',
  output: 'o',
  'write-out': 'w',
  'max-time': 'm',
  'connect-timeout': 'ct:',
  insecure: 'k',
  fail: 'f',
  location: 'L',
  resolve: 'resolve:',
  user: 'u',
  'user-agent': 'A',
  compressed: 'compressed',
  json: 'json:',
  'fail-with-body': 'fb',
  retry: 'retry:',
  'retry-delay': 'rd:',
  get: 'G',
  'remote-name': 'O',
  version: 'V',
  http1: 'h1',
  'http1.1': 'h1',
  ipv4: '4',
  'no-progress-meter': 's',
  noproxy: 'noproxy:',
  referer: 'e',
  cookie: 'b',
  url: 'url:',
  cacert: 'cacert:',
  'retry-connrefused': 'rc',
}

/** A failure of curl, with its number. */
class CurlFailure extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** curl for HTTP, with its options and words. */
export const curl: Tool = async (task) => {
  let options: ParsedOptions
  try {
    options = parseOptions(task.argv, 'sSiIvX:d:H:o:w:m:kfLu:A:GOV4e:b:g', long)
  } catch (error) {
    const option = /option:? '?(-{0,2}[\w-]+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? ''
    throw new ToolFailure(
      `curl: option ${option.startsWith('-') ? option : `-${option}`}: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information`,
      2,
    )
  }
  const { has, values, operands } = options
  if (has.has('V')) {
    await task.stdout.write('curl 8.15.0 (x86_64-alpine-linux-musl) libcurl/8.15.0\nProtocols: http https\n')
    return 0
  }
  const urls = [...values('url'), ...operands]
  if (urls.length === 0) throw new ToolFailure("curl: try 'curl --help' or 'curl --manual' for more information", 2)
  const retries = Number(options.value.get('retry') ?? 0)
  let status = 0
  for (const text of urls) {
    for (let attempt = 0; ; attempt += 1) {
      status = await transfer(task, text, options)
      if (status === 0 || attempt >= retries || (status === 7 && !has.has('rc'))) break
    }
  }
  return status
}

interface Result {
  response: IncomingMessage
  url: URL
  size: number
  redirects: number
}

async function transfer(task: Task, text: string, options: ParsedOptions): Promise<number> {
  const { has, value } = options
  const started = performance.now()
  const quiet = has.has('s') && !has.has('S')
  let result: Result | undefined
  let failure: CurlFailure | undefined
  const limit = value.has('m') ? AbortSignal.timeout(Number(value.get('m')) * 1000) : undefined
  try {
    result = await follow(task, text, options, limit)
  } catch (error) {
    failure = error instanceof CurlFailure ? error : explainFailure(error, limit, started)
    if (!quiet) await task.stderr.write(`curl: (${failure.code}) ${failure.message}\n`)
  }
  const format = value.get('w')
  if (format !== undefined) await task.stdout.write(writeOut(format, result, performance.now() - started, failure))
  return failure?.code ?? 0
}

function explainFailure(error: unknown, limit: AbortSignal | undefined, started: number): CurlFailure {
  const ms = Math.round(performance.now() - started)
  if (limit?.aborted) return new CurlFailure(28, `Operation timed out after ${ms} milliseconds with 0 bytes received`)
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ECONNRESET') return new CurlFailure(52, 'Empty reply from server')
  if (code?.startsWith('HPE_')) return new CurlFailure(1, 'Received HTTP/0.9 when not allowed')
  if (code?.includes('CERT') || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') {
    const reason = code.includes('LEAF') ? 'unable to get local issuer certificate' : message
    return new CurlFailure(
      60,
      `SSL certificate problem: ${reason}\nMore details here: https://curl.se/docs/sslcerts.html`,
    )
  }
  return new CurlFailure(56, `Recv failure: ${message}`)
}

async function follow(
  task: Task,
  text: string,
  options: ParsedOptions,
  limit: AbortSignal | undefined,
): Promise<Result> {
  const { has } = options
  let url = parseUrl(text)
  if (!url)
    throw new CurlFailure(
      /^[a-z]+:\/\//i.test(text) ? 1 : 3,
      /^([a-z]+):\/\//i.test(text)
        ? `Protocol "${text.split(':')[0]}" not supported`
        : 'URL rejected: Malformed input to a URL function',
    )
  for (let redirects = 0; ; redirects += 1) {
    const response = await ask(task, url, options, limit, redirects > 0)
    const code = response.statusCode ?? 0
    const { location } = response.headers
    if (has.has('i') || has.has('I')) await writeHead(task, response)
    if (has.has('L') && code >= 300 && code < 400 && location) {
      if (redirects >= 50) throw new CurlFailure(47, 'Maximum (50) redirects followed')
      response.destroy()
      url = new URL(location, url)
      continue
    }
    if (code >= 400 && has.has('f')) {
      response.destroy()
      throw Object.assign(new CurlFailure(22, `The requested URL returned error: ${code}`), { response })
    }
    const size = await saveBody(task, response, options, url)
    if (code >= 400 && has.has('fb')) throw new CurlFailure(22, `The requested URL returned error: ${code}`)
    return { response, url, size, redirects }
  }
}

async function ask(
  task: Task,
  url: URL,
  options: ParsedOptions,
  limit: AbortSignal | undefined,
  isRedirect: boolean,
): Promise<IncomingMessage> {
  const { has, value, values } = options
  const started = performance.now()
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = portOf(url)
  const pinned = values('resolve')
    .find((entry) => entry.startsWith(`${host}:${port}:`))
    ?.split(':')[2]
  const addresses = pinned ? [pinned] : await task.system.network.resolve(host)
  if (addresses.length === 0) throw new CurlFailure(6, `Could not resolve host: ${host}`)
  const [address = ''] = addresses
  const say = (line: string) => (has.has('v') ? task.stderr.write(`${line}\n`) : Promise.resolve())
  if (host !== address)
    await say(`* Host ${host}:${port} was resolved.\n* IPv6: (none)\n* IPv4: ${addresses.join(', ')}`)
  await say(`*   Trying ${address}:${port}...`)

  const connectMs = value.has('ct') ? Number(value.get('ct')) * 1000 : 130_000
  const signal = limit ? AbortSignal.any([task.signal, limit]) : task.signal
  const socket = await task.system.network
    .connect(address, port, { timeoutMs: connectMs, signal })
    .catch(async (error: NodeJS.ErrnoException) => {
      const ms = Math.round(performance.now() - started)
      if (limit?.aborted || (error.code === 'ETIMEDOUT' && value.has('ct'))) {
        throw new CurlFailure(
          28,
          limit?.aborted
            ? `Connection timed out after ${ms} milliseconds`
            : `Failed to connect to ${host} port ${port} after ${ms} ms: Timeout was reached`,
        )
      }
      await say(`* connect to ${address} port ${port} from 0.0.0.0 port 0 failed: Connection refused`)
      throw new CurlFailure(7, `Failed to connect to ${host} port ${port} after ${ms} ms: Could not connect to server`)
    })
  limit?.addEventListener('abort', () => socket.destroy(), { once: true })
  task.signal.addEventListener('abort', () => socket.destroy(), { once: true })
  await say(`* Connected to ${host} (${address}) port ${port}`)

  const ca = url.protocol === 'https:' ? await authoritiesOf(task, options) : undefined
  const body = isRedirect ? undefined : await bodyOf(task, options)
  const method = value.get('X') ?? (has.has('I') ? 'HEAD' : body && !has.has('G') ? 'POST' : 'GET')
  const target = has.has('G') && body ? new URL(`${url}${url.search ? '&' : '?'}${body}`) : url
  const headers = headersOf(url, options, body !== undefined && !has.has('G'))
  await say(`> ${method} ${target.pathname}${target.search} HTTP/1.1`)
  for (const [name, text] of Object.entries(headers)) await say(`> ${name}: ${text}`)
  await say('> ')
  const response = await exchange({
    socket,
    url: target,
    method,
    headers,
    body: has.has('G') ? undefined : body,
    insecure: has.has('k'),
    ca,
  })
  if (has.has('v')) {
    await say(`* Request completely sent off\n< HTTP/1.1 ${response.statusCode} ${response.statusMessage}`)
    for (const [name, text] of rawHeaders(response)) await say(`< ${name}: ${text}`)
    await say('< ')
  }
  return response
}

/** The authorities of `--cacert`, as PEM; undefined when the usual ones are meant. */
async function authoritiesOf(task: Task, { value }: ParsedOptions): Promise<string | undefined> {
  const file = value.get('cacert')
  if (file === undefined) return undefined
  const text = await task.system.fs.readFile(posix.resolve(task.cwd, file)).catch(() => '')
  if (text.includes('BEGIN CERTIFICATE')) return text.toString()
  throw new CurlFailure(77, `error adding trust anchors from file: ${file}`)
}

function headersOf(url: URL, { value, values }: ParsedOptions, hasBody: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    Host: url.host,
    'User-Agent': value.get('A') ?? 'curl/8.15.0',
    Accept: '*/*',
  }
  if (hasBody) headers['Content-Type'] = value.has('json') ? 'application/json' : 'application/x-www-form-urlencoded'
  if (value.has('json')) headers.Accept = 'application/json'
  const user = value.get('u')
  if (user !== undefined) headers.Authorization = `Basic ${Buffer.from(user).toString('base64')}`
  const cookie = value.get('b')
  if (cookie !== undefined) headers.Cookie = cookie
  for (const line of values('H')) {
    const [name = '', ...rest] = line.split(':')
    for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known]
    const text = rest.join(':').trim()
    if (text !== '') headers[name] = text
  }
  return headers
}

async function bodyOf(task: Task, { values }: ParsedOptions): Promise<Buffer | undefined> {
  const parts = [...values('d'), ...values('binary'), ...values('json')]
  if (parts.length === 0) return undefined
  const texts = await Promise.all(
    parts.map(async (part) => {
      if (part === '@-') return (await readAll(task.stdin)).toString()
      return part.startsWith('@') ? task.system.fs.readFile(posix.resolve(task.cwd, part.slice(1))) : part
    }),
  )
  return Buffer.from(texts.join('&'))
}

async function writeHead(task: Task, response: IncomingMessage): Promise<void> {
  const lines = [...rawHeaders(response)].map(([name, text]) => `${name}: ${text}\r\n`)
  await task.stdout.write(`HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n${lines.join('')}\r\n`)
}

async function saveBody(
  task: Task,
  response: IncomingMessage,
  { has, value }: ParsedOptions,
  url: URL,
): Promise<number> {
  const name = value.get('o') ?? (has.has('O') ? posix.basename(url.pathname) : undefined)
  const file =
    name === undefined || name === '-' || name === '/dev/null'
      ? undefined
      : await task.system.fs.openWrite(posix.resolve(task.cwd, name), false)
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (file) await file.write(chunk)
      else if (name !== '/dev/null') await task.stdout.write(chunk)
    }
  } finally {
    await file?.close()
  }
  return size
}

function writeOut(format: string, result: Result | undefined, ms: number, failure: CurlFailure | undefined): string {
  const failed = (failure as { response?: IncomingMessage } | undefined)?.response
  const response = result?.response ?? failed
  const seconds = (ms / 1000).toFixed(6)
  const values: Record<string, string> = {
    http_code: String(response?.statusCode ?? 0).padStart(3, '0'),
    response_code: String(response?.statusCode ?? 0).padStart(3, '0'),
    time_total: seconds,
    time_connect: seconds,
    time_starttransfer: seconds,
    size_download: String(result?.size ?? 0),
    url_effective: result?.url.href ?? '',
    content_type: response?.headers['content-type'] ?? '',
    num_redirects: String(result?.redirects ?? 0),
    remote_ip: response?.socket?.remoteAddress ?? '',
    exitcode: String(failure?.code ?? 0),
    errormsg: failure?.message ?? '',
  }
  return format
    .replaceAll(/%\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t')
    .replaceAll('%%', '%')
}
