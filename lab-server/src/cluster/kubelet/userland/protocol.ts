// What the runtime and a userland process say to each other over Node's IPC channel. Bytes of the terminal and of the
// standard streams go over the process's own pipes.

import type { Way } from '../../network/routing/trace-way.ts'
import type { UserlandKind } from './applets.ts'

/** Size of a terminal. */
export interface TerminalSize {
  columns: number
  rows: number
}

/** One folder of the host that stands at a path of the container. */
export interface UserlandMount {
  containerPath: string
  hostPath: string
  readOnly: boolean
}

/** The container that a userland process stands in. */
export interface UserlandContainer {
  id: string
  rootDir: string
  mounts: UserlandMount[]
  readOnlyRoot: boolean
  hostname: string
  user: number
  /** Container paths that run as host processes, through the runtime. */
  programs: string[]
  /** Module of further tools, see `Image.toolsModule`. */
  toolsModule?: string
  /** Environment of the container's main process, for `/proc/1/environ`. */
  containerEnv: Record<string, string>
  /** What makes Node use the pod's address and DNS: `Network.processEnv`. */
  networkEnv: Record<string, string>
  podIp: string
  /** Which tools the image has. */
  userland: UserlandKind
  memoryLimitBytes?: number
}

/** One command to run; a userland process runs exactly one and exits with its code. */
export interface UserlandRun {
  argv: string[]
  /** What `ps` shows, where that is not `argv`. */
  title?: string
  env: Record<string, string>
  cwd: string
  /** Process id inside the container; 1 is the main process, which ignores signals it does not handle. */
  pid: number
  tty: boolean
  size?: TerminalSize
  container: UserlandContainer
}

/** A command that goes on when the one that started it has ended. */
export interface UserlandDaemon {
  argv: string[]
  title: string
  env: Record<string, string>
  cwd: string
}

/** A process as `ps` in the container shows it. */
export interface ProcessEntry {
  pid: number
  parent: number
  user: number
  command: string
  cpuMilliseconds: number
  /** When it started, milliseconds since the epoch. */
  startedAt: number
  /** Proportional memory, when it is known. */
  memoryBytes?: number
}

export type ToUserland =
  | { type: 'run'; run: UserlandRun }
  | { type: 'signal'; signal: string; pid?: number }
  | { type: 'resize'; size: TerminalSize }
  /** Someone attached to the terminal: paint the line being edited again. */
  | { type: 'redraw' }
  | { type: 'reply'; id: number; value?: unknown; error?: string }
  | { type: 'program-output'; id: number; stream: 'stdout' | 'stderr'; data: string }
  | { type: 'program-exit'; id: number; exitCode: number }

/** What came of a signal. */
export type KillResult = 'sent' | 'no-such-process' | 'not-permitted'

/** Where another process stands, for those who may look into it. */
export type NeighbourResult = UserlandContainer | 'no-such-process' | 'not-permitted'

/** What a userland process may ask of the runtime. */
export interface UserlandRequests {
  processes: { params: undefined; value: ProcessEntry[] }
  /** Ids for so many processes more: the first. */
  pids: { params: { count: number }; value: number }
  kill: { params: { pid: number; signal: string }; value: KillResult }
  /** The container of a process. */
  container: { params: { pid: number }; value: NeighbourResult }
  daemon: { params: UserlandDaemon; value: boolean }
  resolve: { params: { name: string }; value: string[] }
  /** The way of a packet to an address: what ping and traceroute see. */
  trace: { params: { to: string }; value: Way }
  /** Answered when so much of the cluster's time has passed, which may be faster than life. */
  sleep: { params: { ms: number }; value: undefined }
}

export type StartProblem = 'not-in-path' | 'no-such-file' | 'not-permitted' | 'is-directory'

export type FromUserland =
  | { type: 'ready' }
  | { type: 'started' }
  | { type: 'start-error'; name: string; problem: StartProblem }
  | { type: 'exit'; exitCode: number; signal?: string }
  | { type: 'tasks'; tasks: ProcessEntry[] }
  | {
      [Method in keyof UserlandRequests]: {
        type: 'request'
        id: number
        method: Method
        params: UserlandRequests[Method]['params']
      }
    }[keyof UserlandRequests]
  | { type: 'program'; id: number; argv: string[]; env: Record<string, string>; cwd: string }
  | { type: 'program-input'; id: number; data: string | null }
  | { type: 'program-signal'; id: number; signal: string }
