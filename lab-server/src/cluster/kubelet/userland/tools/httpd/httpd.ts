// `httpd` as BusyBox has it: a small web server of files and scripts, in the foreground or behind the container's back.
import { createServer, type Server, type Socket } from 'node:net'
import { posix } from 'node:path'
import { nodeReader, nodeWriter } from '../../byte-stream.ts'
import { everyAddressOf } from '../../pod-network.ts'
import { pause, type Task, type Tool, ToolFailure, untilKilled } from '../../task.ts'
import { explain } from '../explain.ts'
import { parseOptions } from '../options.ts'
import { readConfig } from './config.ts'
import { answer } from './connection.ts'
import { decodeUrl } from './request.ts'
import { errorPage, responseHead } from './response.ts'
import type { HttpdSite } from './serve-file.ts'

/** `httpd [-ifv[v]] [-c CONFFILE] [-p [IP:]PORT] [-u USER] [-r REALM] [-h HOME]`, `httpd -d STRING`, `httpd -e STRING` */
export const httpd: Tool = async (task) => {
  const { has, value } = parseOptions(task.argv, 'ifvc:p:u:r:h:d:e:')
  if (has.has('d')) return say(task, decodeUrl((value.get('d') ?? '').replaceAll('+', ' ')) ?? '')
  if (has.has('e')) return say(task, encodeHtml(value.get('e') ?? ''))

  const { fs } = task.system
  const home = posix.resolve(task.cwd, value.get('h') ?? '.')
  await enter(task, home, value.get('h') ?? '.')
  await checkUser(task, value.get('u'))
  const site: HttpdSite = { fs, home, config: await readConfig(fs, home, value.get('c')) }
  const verbosity =
    task.argv
      .filter((arg) => /^-[ifv]+$/.test(arg))
      .join('')
      .split('v').length - 1
  if (has.has('i')) {
    const peer = { address: '', port: 0 }
    await answer({ task, site, input: task.stdin, output: task.stdout, peer, verbosity })
    return 0
  }

  const address = listenAddress(task, value.get('p') ?? '80')
  const { server, handle } = makeServer(task, site, verbosity, address.isNamed)
  try {
    await listen(server, address)
    if (has.has('f')) {
      server.on('connection', handle)
      return await untilKilled(task.signal, new Promise<number>(() => {}))
    }
  } finally {
    server.close()
  }
  return goToBackground(task, address)
}

async function say(task: Task, text: string): Promise<number> {
  await task.stdout.write(text)
  return 0
}

/** All but letters and digits becomes a number, as the original has it. */
const encodeHtml = (text: string) => text.replaceAll(/[^A-Za-z0-9]/g, (char) => `&#${char.charCodeAt(0)};`)

async function enter({ system }: Task, home: string, name: string): Promise<void> {
  const stat = await system.fs.stat(home).catch((error: unknown) => {
    throw new ToolFailure(`httpd: can't change directory to '${name}': ${explain(error)}`)
  })
  if (!stat.isDirectory) throw new ToolFailure(`httpd: can't change directory to '${name}': Not a directory`)
}

/** Whom to become must be known; here every process of a container stays who it is. */
async function checkUser({ system }: Task, user: string | undefined): Promise<void> {
  const name = user?.split(':')[0]
  if (name === undefined || /^\d+$/.test(name)) return
  const users = await system.fs.readFile('/etc/passwd').catch(() => '')
  if (!users.split('\n').some((line) => line.startsWith(`${name}:`))) {
    throw new ToolFailure(`httpd: unknown user/group ${user}`)
  }
}

interface ListenAddress {
  host: string
  port: number
  /** Whether an address was asked for. */
  isNamed: boolean
}

function listenAddress({ system }: Task, text: string): ListenAddress {
  const [, ip, digits] = /^(?:([\d.]+):)?(\d+)$/.exec(text) ?? []
  if (digits === undefined || Number(digits) > 65_535) throw new ToolFailure(`httpd: bad address '${text}'`)
  const everywhere = everyAddressOf(system.container)
  // Where that is the pod's own address, its loopback and its wildcard are too.
  const isOwn = everywhere !== '0.0.0.0' && ip !== undefined && /^127\.|^0\./.test(ip)
  return { host: ip === undefined || isOwn ? everywhere : ip, port: Number(digits), isNamed: ip !== undefined }
}

function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ToolFailure(`httpd: bind: ${explain(error)}`)))
    server.listen(port, host, resolve)
  })
}

/** How long a client may be silent. Wall time: it watches real connections. */
const requestTimeoutMs = 60_000
/** How long a client has to take the end of an answer. */
const farewellMs = 1000

function makeServer(task: Task, site: HttpdSite, verbosity: number, isNamed: boolean) {
  const server = createServer({ allowHalfOpen: true })
  const handle = (socket: Socket) => {
    const ip = socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
    // A server for every address is one of IPv6, which sees others through a mapped one.
    const peer = { address: isNamed ? ip : `[::ffff:${ip}]`, port: socket.remotePort ?? 0 }
    const stop = () => socket.destroy()
    task.signal.addEventListener('abort', stop, { once: true })
    socket.on('error', () => {})
    socket.once('close', () => task.signal.removeEventListener('abort', stop))
    socket.setTimeout(requestTimeoutMs, () => socket.end(responseHead(408) + errorPage(408)))
    answer({ task, site, input: nodeReader(socket), output: nodeWriter(socket), peer, verbosity })
      .catch(() => {})
      .finally(() => socket.end(() => setTimeout(stop, farewellMs).unref()))
  }
  return { server, handle }
}

const mostTries = 100

/** Leaves a process of the container behind that serves; returns when it does. */
async function goToBackground(task: Task, { host, port }: ListenAddress): Promise<number> {
  const { system, argv, env, cwd } = task
  const [name = 'httpd', ...args] = argv
  const isStarted = await system.startDaemon({ argv: [name, '-f', ...args], title: argv.join(' '), env, cwd })
  if (!isStarted) throw new ToolFailure('httpd: vfork: Resource temporarily unavailable')
  for (let tries = 0; tries < mostTries; tries += 1) {
    const socket = await system.network.connect(host, port).catch(() => undefined)
    socket?.destroy()
    if (socket) break
    await pause(20, task.signal)
  }
  return 0
}
