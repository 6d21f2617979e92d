// The parent's side of a userland process: a small Node process that plays a shell and its tools inside a container.
import { fileURLToPath } from 'node:url'
import type { ExitStatus } from '../container-runtime.ts'
import type { FromUserland, ProcessEntry, StartProblem, ToUserland, UserlandRun } from '../userland/protocol.ts'
import { type GroupProcess, type GroupSetting, startGroup } from './group-process.ts'
import { readUsage } from './process-group.ts'

const entry = fileURLToPath(new URL('../userland/main.ts', import.meta.url))

/** A userland process; before `run` it idles and can be given to any container. */
export interface UserlandProcess {
  readonly group: GroupProcess
  /** Memory that Node itself took before it ran anything: no part of the container's. */
  readonly baselineBytes: number
  readonly exited: Promise<ExitStatus>
  tasks(): ProcessEntry[]
  /** Resolves with what kept the command from starting, or nothing. */
  run(run: UserlandRun): Promise<{ name: string; problem: StartProblem } | undefined>
  send(message: ToUserland): void
  onRequest(listener: (message: FromUserland) => void): void
}

/** The whole environment of an idle userland process: nothing of the server's own. */
const idleEnv = (cacheDir: string) => ({
  PATH: '/usr/bin:/bin',
  NODE_NO_WARNINGS: '1',
  // Compiled once, a process is ready in a third of the time.
  NODE_COMPILE_CACHE: cacheDir,
})

export interface UserlandSetting extends GroupSetting {
  /** Folder for compiled code, owned by the user that containers run as. */
  cacheDir: string
}

/** Starts one and waits until it is ready to run something. */
export async function startUserlandProcess(setting: UserlandSetting): Promise<UserlandProcess> {
  const command = [process.execPath, '--max-old-space-size=128', '--max-semi-space-size=2', '--stack-size=900', entry]
  const group = await startGroup({ command, env: idleEnv(setting.cacheDir) }, setting, true)
  const { child } = group
  let tasks: ProcessEntry[] = []
  let reported: ExitStatus | undefined
  const listeners: ((message: FromUserland) => void)[] = []
  child.on('message', (message: FromUserland) => {
    if (message.type === 'tasks') tasks = message.tasks
    else if (message.type === 'exit') reported = { exitCode: message.exitCode, signal: message.signal }
    else for (const listener of [...listeners]) listener(message)
  })

  const send = (message: ToUserland) => {
    if (child.connected) child.send(message, () => {})
  }
  const next = <Type extends FromUserland['type']>(...types: Type[]) =>
    new Promise<Extract<FromUserland, { type: Type }> | undefined>((resolve) => {
      const listener = (message: FromUserland) => {
        if (!(types as string[]).includes(message.type)) return
        listeners.splice(listeners.indexOf(listener), 1)
        resolve(message as Extract<FromUserland, { type: Type }>)
      }
      listeners.push(listener)
      child.once('exit', () => resolve(undefined))
    })

  await next('ready')
  const { memoryBytes } = await readUsage(group.pid)
  return {
    group,
    baselineBytes: memoryBytes,
    // A kill from outside wins over what the process said of itself.
    exited: group.exited.then((status) => (status.signal ? status : (reported ?? status))),
    tasks: () => tasks,
    async run(run) {
      const answer = next('started', 'start-error')
      send({ type: 'run', run })
      const message = await answer
      return message?.type === 'start-error' ? { name: message.name, problem: message.problem } : undefined
    },
    send,
    onRequest: (listener) => void listeners.push(listener),
  }
}

export interface UserlandPool {
  take(): Promise<UserlandProcess>
  stop(): Promise<void>
}

/** Keeps one idle process warm, so that a command starts at once. */
export function makeUserlandPool(setting: UserlandSetting): UserlandPool {
  let spare: Promise<UserlandProcess> | undefined
  let stopped = false
  const refill = () => {
    if (stopped) return
    spare = startUserlandProcess(setting)
    spare.catch(() => {})
  }

  return {
    async take() {
      const taken = spare ?? startUserlandProcess(setting)
      refill()
      const one = await taken.catch(() => startUserlandProcess(setting))
      return one.group.child.exitCode === null && one.group.child.connected ? one : startUserlandProcess(setting)
    },
    async stop() {
      stopped = true
      const last = await spare?.catch(() => undefined)
      last?.group.signal('SIGKILL')
      await last?.exited
    },
  }
}
