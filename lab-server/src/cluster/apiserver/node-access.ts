// What the API server needs from the machines that run pods. cluster/index.ts satisfies it with the kubelet; tests with a fake.
import type { Duplex } from 'node:stream'
import type { Streams } from '../kubelet/container-runtime.ts'
import type { Pod } from '../objects/types.ts'

/** Query of the log endpoint, after parsing. */
export interface LogOptions {
  follow?: boolean
  previous?: boolean
  tailLines?: number
  sinceSeconds?: number
  /** Milliseconds since the epoch. */
  sinceTimeMs?: number
  timestamps?: boolean
  limitBytes?: number
  signal?: AbortSignal
}

/** How a command in a container ended. */
export interface CommandResult {
  exitCode: number
}

/** Reaches the containers of running pods. Methods reject with ApiError where upstream's kubelet answers an error. */
export interface NodeAccess {
  /** Streams log lines as text, each with its line feed. */
  logs(pod: Pod, container: string, options: LogOptions): AsyncIterable<string | Uint8Array>
  /** Runs a command; `signal` aborts when the client goes away. */
  exec(pod: Pod, container: string, command: string[], streams: Streams, signal?: AbortSignal): Promise<CommandResult>
  /** Attaches to the main process; resolves when it or the client ends. */
  attach(pod: Pod, container: string, streams: Streams, signal?: AbortSignal): Promise<CommandResult>
  /** Opens a connection to a port of the pod; errors carry Node's `code`. */
  portForward(pod: Pod, port: number): Promise<Duplex>
}
