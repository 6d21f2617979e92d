// The clusters' side of the network agent: starts it, and asks it for namespaces and sockets.
import { type ChildProcess, execFile, fork, type SendHandle } from 'node:child_process'
import { Socket as DatagramSocket } from 'node:dgram'
import { once } from 'node:events'
import { Server, Socket } from 'node:net'
import { promisify } from 'node:util'
import { compileCacheEnv } from '../../compile-cache.ts'
import type { HostEndpoint } from '../network.ts'
import type { Connecting } from '../underlay/underlay.ts'
import type { AgentAnswer, AgentRequest } from './agent-protocol.ts'

/** A network namespace; it lives until it is removed and its last process has ended, or the agent has. */
export interface Namespace {
  /** In front of a command line, puts the process inside. */
  readonly enter: string[]
  listen(at: HostEndpoint): Promise<Server>
  bindDatagrams(at: HostEndpoint): Promise<DatagramSocket>
  connect(to: HostEndpoint, how: Connecting): Promise<Socket>
  remove(): Promise<void>
}

export interface NetworkAgent {
  /** Makes a namespace in which every address of the ranges is its own. */
  createNamespace(cidrs: string[]): Promise<Namespace>
  /** Calls back when the agent ends without having been told to: its namespaces are cut off. */
  onLost(listener: () => void): void
  stop(): Promise<void>
}

const program = new URL('./agent-main.ts', import.meta.url).pathname

/** Starts an agent; rejects with the reason when this machine gives no network namespaces. */
export async function startNetworkAgent(): Promise<NetworkAgent> {
  if (process.platform !== 'linux') throw new Error('network namespaces need Linux')
  const isRoot = process.getuid?.() === 0
  const child = startProcess(isRoot)
  const waiting = new Map<number, (answer: AgentAnswer, handle?: SendHandle) => void>()
  const lostListeners: (() => void)[] = []
  let last = 0
  let isStopping = false
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  child.on('message', (answer: AgentAnswer, handle?: SendHandle) => {
    waiting.get(answer.id)?.(answer, handle)
    waiting.delete(answer.id)
    if (waiting.size === 0) child.channel?.unref()
  })
  // Not at its exit: what it said last is read only now.
  child.once('close', () => {
    for (const [id, settle] of waiting) settle({ id, error: ended() })
    waiting.clear()
    if (!isStopping) for (const listener of lostListeners) listener()
  })
  const answered = (id: number) =>
    new Promise<{ answer: AgentAnswer; handle: SendHandle | undefined }>((resolve, reject) => {
      child.channel?.ref()
      waiting.set(id, (answer, handle) => {
        if (answer.error) reject(Object.assign(new Error(answer.error.message), { code: answer.error.code }))
        else resolve({ answer, handle })
      })
    })
  const ask = async (request: AgentRequest) => {
    if (!child.connected) throw ended()
    last += 1
    const answer = answered(last)
    child.send({ id: last, ...request }, () => {})
    return answer
  }
  const agent: NetworkAgent = {
    async createNamespace(cidrs) {
      const { namespace = -1 } = (await ask({ kind: 'create', cidrs })).answer
      return makeNamespace(namespace, enterCommand(child.pid ?? 0, namespace, isRoot), ask)
    },
    onLost: (listener) => void lostListeners.push(listener),
    async stop() {
      isStopping = true
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      child.ref()
      const gone = once(child, 'exit')
      if (child.connected) child.disconnect()
      await gone
    },
  }

  try {
    await Promise.race([answered(0), once(child, 'error').then(([error]) => Promise.reject(error))])
    await tryToEnter(agent)
  } catch (error) {
    await agent.stop().catch(() => {})
    const { message, code, path } = error as NodeJS.ErrnoException
    // Of a stack or of a usage text the line that says what is wrong.
    const lines = complaint.split('\n')
    const reason = lines.find((line) => /error|fail|denied/i.test(line)) ?? (lines[0] || message)
    throw new Error(code === 'ENOENT' ? `${path} is not installed (Debian: util-linux)` : reason.trim())
  }
  // Whoever started it must be able to end while it runs.
  child.unref()
  ;(child.stderr as unknown as { unref?(): void } | null)?.unref?.()
  return agent
}

const ended = () => new Error('the network agent has ended')

/** Puts a process into a first namespace, as each container will be. */
async function tryToEnter(agent: NetworkAgent): Promise<void> {
  const namespace = await agent.createNamespace([])
  const [file = '', ...args] = [...namespace.enter, 'true']
  await promisify(execFile)(file, args)
  await namespace.remove()
}

/** An ordinary user needs a user namespace first, where it may do what root may outside. */
function startProcess(isRoot: boolean): ChildProcess {
  const options = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1', '--max-old-space-size=64']
  const [execPath, execArgv] = isRoot
    ? [process.execPath, options]
    : ['unshare', ['--user', '--map-current-user', '--keep-caps', process.execPath, ...options]]
  return fork(program, [], {
    execPath,
    execArgv,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH ?? '', ...compileCacheEnv() },
  })
}

/** Opened by the entering process before it leaves its own namespaces. */
function enterCommand(agentPid: number, namespace: number, isRoot: boolean): string[] {
  const network = `--net=/proc/${agentPid}/fd/${namespace}`
  return isRoot
    ? ['nsenter', network]
    : ['nsenter', `--user=/proc/${agentPid}/ns/user`, '--preserve-credentials', network]
}

function makeNamespace(
  namespace: number,
  enter: string[],
  ask: (request: AgentRequest) => Promise<{ handle: SendHandle | undefined }>,
): Namespace {
  return {
    enter,
    async listen(at) {
      const { handle } = await ask({ kind: 'listen', namespace, protocol: 'TCP', ...at })
      if (!(handle instanceof Server)) throw new Error('the network agent sent no server')
      return handle
    },
    async bindDatagrams(at) {
      const { handle } = await ask({ kind: 'listen', namespace, protocol: 'UDP', ...at })
      if (!(handle instanceof DatagramSocket)) throw new Error('the network agent sent no datagram socket')
      return handle
    },
    async connect({ host, port }, { localAddress, timeoutMs }) {
      const from = { ...(localAddress ? { localAddress } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
      const { handle } = await ask({ kind: 'connect', namespace, host, port, ...from })
      // The other end may be gone again before the socket has arrived.
      if (!(handle instanceof Socket)) throw Object.assign(new Error('connect ECONNRESET'), { code: 'ECONNRESET' })
      return handle
    },
    async remove() {
      // With the agent it is gone as well.
      await ask({ kind: 'remove', namespace }).catch(() => {})
    },
  }
}
