// Scripts in /cgi-bin/: run with the request in their environment, their output sent on as it comes.
import { posix } from 'node:path'
import { type ByteReader, type ByteWriter, emptyReader, makeReader } from '../../byte-stream.ts'
import type { Task } from '../../task.ts'
import type { HttpdRequest } from './request.ts'
import { type HttpdSite, refuse } from './serve-file.ts'

export const cgiFolder = '/cgi-bin/'

export interface CgiRun {
  task: Task
  site: HttpdSite
  request: HttpdRequest
  /** Where the request's body comes from. */
  input: ByteReader
  output: ByteWriter
  peer: { address: string; port: number }
  complain(message: string): Promise<void>
}

/** Runs the script that the path names; returns the status, which is the script's own affair when it ran. */
export async function runCgi(run: CgiRun): Promise<number | undefined> {
  const { task, site, request, input, output } = run
  if (request.path === cgiFolder) return refuse(403, output)
  const { script, pathInfo } = await findScript(site, request.path)
  const folder = posix.dirname(posix.join(site.home, script))
  const name = posix.basename(script)
  const problem = await executableProblem(site, script)
  if (problem) {
    await run.complain(`can't execute '${name}': ${problem}`)
    return refuse(404, output)
  }
  const length = Number(request.headers.get('content-length') ?? 0) || 0
  await task.run([`./${name}`], {
    cwd: folder,
    env: { ...task.env, ...cgiEnvironment(run, script, pathInfo) },
    stdin: length > 0 ? limited(input, length) : emptyReader(),
    stdout: withStatusLine(output),
  })
  return undefined
}

/** The first part of the path that is no folder is the script; what follows is for the script. */
async function findScript({ fs, home }: HttpdSite, path: string): Promise<{ script: string; pathInfo: string }> {
  for (let slash = path.indexOf('/', cgiFolder.length); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const stat = await fs.stat(posix.join(home, path.slice(0, slash))).catch(() => undefined)
    if (!stat?.isDirectory) return { script: path.slice(0, slash), pathInfo: path.slice(slash) }
  }
  return { script: path, pathInfo: '' }
}

async function executableProblem({ fs, home }: HttpdSite, script: string): Promise<string | undefined> {
  const stat = await fs.stat(posix.join(home, script)).catch(() => undefined)
  if (!stat) return 'No such file or directory'
  return stat.isFile && (stat.mode & 0o111) !== 0 ? undefined : 'Permission denied'
}

function cgiEnvironment({ request, peer }: CgiRun, script: string, pathInfo: string): Record<string, string> {
  const { headers } = request
  const own = new Set(['content-length', 'content-type'])
  const passed = [...headers].filter(([name]) => !own.has(name))
  const plain = {
    CONTENT_LENGTH: headers.get('content-length'),
    CONTENT_TYPE: headers.get('content-type'),
  }
  return {
    GATEWAY_INTERFACE: 'CGI/1.1',
    PATH_INFO: pathInfo,
    QUERY_STRING: request.query,
    REMOTE_ADDR: peer.address,
    REMOTE_PORT: String(peer.port),
    REQUEST_METHOD: request.method,
    REQUEST_URI: request.target,
    SCRIPT_NAME: script,
    SERVER_PROTOCOL: 'HTTP/1.1',
    SERVER_SOFTWARE: 'busybox httpd/1.37.0',
    ...Object.fromEntries(Object.entries(plain).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    ...Object.fromEntries(
      passed.map(([name, value]) => [`HTTP_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`, value]),
    ),
  }
}

/** Sends `HTTP/1.1 200 OK` before what a script says, unless it begins with a status of its own. */
function withStatusLine(output: ByteWriter): ByteWriter {
  let isFirst = true
  return {
    write(data) {
      if (!isFirst || data.length === 0) return output.write(data)
      isFirst = false
      const bytes = Buffer.from(data)
      const text = bytes.toString('latin1')
      if (text.startsWith('HTTP/')) return output.write(bytes)
      if (text.startsWith('Status: ')) return output.write(Buffer.concat([Buffer.from('HTTP/1.1 '), bytes.subarray(8)]))
      return output.write(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n'), bytes]))
    },
    close() {},
  }
}

/** The body of a request, and not a byte that follows it. */
function limited(input: ByteReader, length: number): ByteReader {
  let left = length
  return makeReader(async () => {
    if (left <= 0) return undefined
    const chunk = await input.read()
    if (!chunk) return undefined
    const taken = chunk.subarray(0, left)
    input.unread(chunk.subarray(left))
    left -= taken.length
    return taken
  })
}
