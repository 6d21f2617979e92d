// Entry of a userland process: waits, warm, for one command of one container, runs it and exits with its code.
// Started by runtime/userland-process.ts; speaks the messages of protocol.ts.

import { flushCompileCache } from 'node:module'
import { Socket } from 'node:net'
import { nodeReader, nodeWriter } from './byte-stream.ts'
import { loadJustBash } from './just-bash.ts'
import type { FromUserland, ToUserland } from './protocol.ts'
import { runCommandLine } from './run.ts'
import { makeSystem } from './system.ts'

const send = (message: FromUserland): Promise<void> =>
  new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve()
    process.send(message, undefined, undefined, () => resolve())
  })

// Without its runtime a container process has no business.
process.on('disconnect', () => process.exit(137))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

// Pipes of a child are sockets; written through one, a full pipe makes a command wait instead of the whole process.
const stdin = new Socket({ fd: 0, readable: true, writable: false })
const stdout = new Socket({ fd: 1, readable: false, writable: true })
const stderr = new Socket({ fd: 2, readable: false, writable: true })
stdin.on('error', () => {})

// A command without a memory limit must not take the machine's. Wall time: this watches a real process.
const mostMemory = 600 * 1024 * 1024
setInterval(() => {
  if (process.memoryUsage.rss() > mostMemory) process.kill(process.pid, 'SIGKILL')
}, 200).unref()

/** A process that is taken sooner than this is one of many short commands, such as probes. */
const idleMs = 700

const waiting: ToUserland[] = []
let listener = (message: ToUserland): void => void waiting.push(message)
process.on('message', (message: ToUserland) => listener(message))

async function main(): Promise<void> {
  const started = nextRun()
  await send({ type: 'ready' })
  const idle = setTimeout(() => void warmUp(), idleMs)
  const run = await started
  clearTimeout(idle)
  const streams = { stdin: nodeReader(stdin), stdout: nodeWriter(stdout), stderr: nodeWriter(stderr) }
  const { system, deliver, onMessage, terminalEvents } = await makeSystem(run, (message) => void send(message))
  listener = onMessage
  for (const message of waiting.splice(0)) onMessage(message)

  const result = await runCommandLine({
    run,
    system,
    streams,
    terminalEvents,
    deliver,
    announce: (message) => void send(message),
  })
  await Promise.all([flush(stdout), flush(stderr)])
  if ('problem' in result) await send({ type: 'start-error', ...result })
  else await send({ type: 'exit', ...result })
  process.exit('problem' in result ? 127 : result.exitCode)
}

/** Loads, while nobody waits, what a shell will need; and keeps what was compiled for the next process. */
async function warmUp(): Promise<void> {
  const { Bash } = await loadJustBash()
  await new Bash({ defenseInDepth: false }).exec('true')
  flushCompileCache()
}

function nextRun() {
  return new Promise<Extract<ToUserland, { type: 'run' }>['run']>((resolve) => {
    listener = (message) => (message.type === 'run' ? resolve(message.run) : void waiting.push(message))
  })
}

function flush(stream: Socket): Promise<void> {
  if (stream.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    stream.once('close', () => resolve())
    stream.end(() => resolve())
  })
}

/** A socket or a stream that fails after its tool has ended is nobody's business; anything else is a fault of ours. */
function fail(error: unknown): void {
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (code !== undefined && (syscall !== undefined || code.startsWith('E'))) return
  // No stack: it would show the machine's paths to whoever reads the container's log.
  process.stderr.write(`internal error of the container: ${message}\n`)
  process.exit(125)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
main().catch(fail)
