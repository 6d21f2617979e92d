import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type Clock, sleep } from '../../clock.ts'
import {
  type ContainerSpec,
  type ExitStatus,
  type RunningContainer,
  StartError,
  type Streams,
} from '../container-runtime.ts'
import { pidsAtOnce } from '../userland/pid-pool.ts'
import { describeContainer, LaunchFailure, type LaunchSetting, launch } from './container-launcher.ts'
import type { LogWriter } from './container-logs.ts'
import type { ContainerProcess } from './container-process.ts'
import { connectStreams, translateNewlines } from './container-streams.ts'
import { makeLogBuffer } from './log-reader.ts'
import type { PidNamespace } from './pid-namespace.ts'
import { holdLimits, totalUsage } from './resource-limits.ts'
import { containerStartError, execStartError } from './start-error.ts'

export interface ContainerSetting extends Omit<LaunchSetting, 'track' | 'daemonSlots'> {
  id: string
  argv: string[]
  log: LogWriter
  clock: Clock
}

/** Ends a container and waits for it: for the runtime's own stop. */
export interface StartedContainer extends RunningContainer {
  readonly spec: ContainerSpec
  readonly namespace: PidNamespace
  kill(): Promise<void>
}

/** Each is a process of this machine that takes 50 MB. */
const mostDaemons = 8

/** Starts the container's main process and returns the handle that the kubelet works with. */
export async function startContainer(setting: ContainerSetting): Promise<StartedContainer> {
  const { spec, log, clock, id, namespace } = setting
  const processes = new Set<ContainerProcess>()
  let hasEnded = false
  const count = (process: ContainerProcess) => {
    processes.add(process)
    namespace.add(process, () => describeContainer(launchSetting))
    void process.exited.finally(() => processes.delete(process))
    // What starts while the container ends, ends with it.
    if (hasEnded) process.kill()
  }
  const launchSetting: LaunchSetting = { ...setting, track: count, daemonSlots: { left: mostDaemons } }
  const main = await launch(launchSetting, {
    argv: setting.argv,
    pid: namespace.takePids(pidsAtOnce),
    tty: spec.tty,
    env: setting.env,
  }).catch((error: unknown) => {
    throw error instanceof LaunchFailure ? containerStartError(error.executable, error.problem) : startFailure(error)
  })
  count(main)
  const output = new Set<(stream: 'stdout' | 'stderr', chunk: Buffer) => void>()
  collect(main.stdout, 'stdout')
  collect(main.stderr, 'stderr')
  if (!spec.stdin) main.stdin.end()

  function collect(stream: Readable, name: 'stdout' | 'stderr'): void {
    stream.on('data', (chunk: Buffer) => {
      const said = main.translate?.(chunk) ?? chunk
      log.write(name, said)
      for (const listener of output) listener(name, said)
      // A program that floods its log must not keep the whole cluster busy: 64 KB, then a breath.
      if (chunk.length < 32 * 1024) return
      stream.pause()
      setTimeout(() => stream.resume(), 4)
    })
  }

  let oomKilled = false
  const limits = holdLimits({
    limits: spec,
    processes,
    clock,
    onOutOfMemory() {
      oomKilled = true
      killAll()
    },
  })
  const killAll = () => {
    for (const one of processes) one.kill()
  }

  const exited = main.exited.then((status): ExitStatus => {
    limits.stop()
    hasEnded = true
    killAll()
    log.end()
    // Our userland aborts when its heap is full: to the container that is the limit.
    const heapFull = !main.hasTerminal && status.signal === 'SIGABRT'
    return oomKilled || heapFull ? { exitCode: 137, signal: 'SIGKILL', oomKilled: true } : status
  })

  return {
    id: `containerd://${id}`,
    spec,
    namespace,
    exited,
    logs: makeLogBuffer(log),
    exec: (command, streams) => exec(command, streams),

    async attach(streams) {
      const listener = (name: 'stdout' | 'stderr', chunk: Buffer) => {
        const text = streams.tty && !main.hasTerminal ? translateNewlines(chunk) : chunk
        streams[streams.tty ? 'stdout' : name].write(text)
      }
      output.add(listener)
      try {
        const input = connectInput(streams)
        if (streams.tty) main.redraw()
        await Promise.race([exited, input])
      } finally {
        output.delete(listener)
      }
    },

    async stop(graceMs) {
      main.signal(spec.image.stopSignal ?? 'SIGTERM')
      await Promise.race([exited, sleep(clock, graceMs)])
      killAll()
      await exited
    },
    async kill() {
      killAll()
      await exited
    },
    usage: () => totalUsage(processes),
    resize(next) {
      limits.set(next)
      return Promise.resolve()
    },
  }

  /** Resolves when the client has gone away; never when it has no input to watch. */
  function connectInput(streams: Streams): Promise<void> {
    streams.onResize?.((size) => main.resize(size))
    const { stdin } = streams
    if (!stdin || !spec.stdin) return new Promise(() => {})
    stdin.pipe(main.stdin, { end: !spec.tty })
    return new Promise((resolve) => {
      stdin.once('close', () => {
        stdin.unpipe(main.stdin)
        if (spec.tty) resolve()
      })
      stdin.once('error', () => resolve())
    })
  }

  function exec(command: string[], streams: Streams): ReturnType<RunningContainer['exec']> {
    let killed = false
    let started: ContainerProcess | undefined
    const run = async (): Promise<ExitStatus> => {
      const env = streams.tty ? { ...setting.env, TERM: 'xterm' } : setting.env
      const early: { columns: number; rows: number }[] = []
      streams.onResize?.((size) => (started ? started.resize(size) : early.push(size)))
      const pid = namespace.takePids(pidsAtOnce)
      const process = await launch(launchSetting, {
        argv: command,
        pid,
        tty: streams.tty,
        env,
        size: early.at(-1),
      }).catch((error: unknown) => {
        if (!(error instanceof LaunchFailure)) throw startFailure(error)
        throw execStartError(randomBytes(32).toString('hex'), error.executable, error.problem)
      })
      started = process
      count(process)
      const size = early.at(-1)
      if (size) process.resize(size)
      if (killed) process.kill()
      const drained = connectStreams(process, streams)
      const status = await process.exited
      await drained
      return status
    }
    return {
      exited: run(),
      kill() {
        killed = true
        started?.kill()
      },
    }
  }
}

function startFailure(error: unknown): StartError {
  const reason = error instanceof Error ? error.message : String(error)
  return new StartError(`failed to create containerd task: failed to create shim task: ${reason}: unknown`, 128)
}
