// What a command of the userland gets: its arguments, streams and the container around it.
import type { ByteReader, ByteWriter } from './byte-stream.ts'
import type { JailFs } from './fs/jail-fs.ts'
import type { PodNetwork } from './pod-network.ts'
import type { KillResult, ProcessEntry, UserlandContainer, UserlandDaemon } from './protocol.ts'
import type { Terminal } from './tty/terminal.ts'

/** The container around all commands of a userland process. */
export interface System {
  container: UserlandContainer
  fs: JailFs
  network: PodNetwork
  terminal?: Terminal
  /** Every process of the container, as `ps` shows them. */
  processes(): Promise<ProcessEntry[]>
  /** Sends a signal to a process of the container; `SIG0` only asks whether one could. */
  kill(pid: number, signal: string): Promise<KillResult>
  /** Resolves when so much of the cluster's time has passed. */
  sleep(ms: number): Promise<void>
  /** Starts a command that outlives this one, as a process of the container; false when it may have no more of them. */
  startDaemon(daemon: UserlandDaemon): Promise<boolean>
  /** Runs a program of the image, which is no tool of ours. */
  runProgram(task: Task): Promise<number>
  /** Tools that the image brings. */
  extraTools: ReadonlyMap<string, Tool>
  /** Lets a process handle its signals itself; the handler answers whether it did. Returns how to stop. */
  onSignal(pid: number, handler: (name: string) => boolean): () => void
  /** Takes a process id, and shows the command in `ps` until it is released. */
  beginProcess(command: string, parent: number, signal: (name: string) => void): { pid: number; end(): void }
  /** Shows another command for a process, which `exec` made it. */
  renameProcess(pid: number, command: string): void
}

/** One running command. */
export interface Task {
  argv: string[]
  /** Exported variables. */
  env: Record<string, string>
  cwd: string
  stdin: ByteReader
  stdout: ByteWriter
  stderr: ByteWriter
  /** Aborts with the name of the signal that ends the command. */
  signal: AbortSignal
  pid: number
  system: System
  /** Runs another command the way a shell finds it, e.g. for `timeout`, `xargs` or `watch`. */
  run(
    argv: string[],
    change?: Partial<Pick<Task, 'stdin' | 'stdout' | 'stderr' | 'signal' | 'env' | 'cwd'>>,
  ): Promise<number>
}

/** A command: resolves with its exit code. */
export type Tool = (task: Task) => Promise<number>

/** Thrown in a command that a signal ended. */
export class Killed extends Error {
  readonly signalName: string
  constructor(signalName: string) {
    super(signalName)
    this.signalName = signalName
  }
}

/** A message that ends a tool: `ls: /x: No such file or directory`. */
export class ToolFailure extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Rejects with Killed when the signal aborts, and otherwise settles as `work` does. */
export function untilKilled<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {})
    return Promise.reject(new Killed(String(signal.reason)))
  }
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(new Killed(String(signal.reason)))
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Waits in real time, as real processes do; a signal ends it. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, 0x7fffffff))
  })
  return untilKilled(signal, waited).finally(() => clearTimeout(timer))
}
