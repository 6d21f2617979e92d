// exec and attach, whatever carries their streams.
import type { Streams } from '../../kubelet/container-runtime.ts'
import type { Pod } from '../../objects/types.ts'
import { ApiError, badRequest, type FailureStatus } from '../errors.ts'
import { flag } from '../http/query-values.ts'
import type { CommandResult, NodeAccess } from '../node-access.ts'
import { chooseContainer, requireHost } from './container-of-pod.ts'

/** What `…/exec` or `…/attach` asks for. */
export interface CommandRequest {
  subresource: 'exec' | 'attach'
  pod: Pod
  container: string
  command: string[]
  stdin: boolean
  stdout: boolean
  stderr: boolean
  tty: boolean
}

/** The outcome as the error channel carries it. */
export type CommandStatus =
  | { metadata: Record<string, never>; status: 'Success' }
  | (Pick<FailureStatus, 'metadata' | 'status' | 'message' | 'reason' | 'details'> & { code?: number })

/** The streams of one session with the client. */
export interface CommandChannels {
  streams: Streams
  /** Aborts when the client goes away. */
  signal: AbortSignal
  /** Sends the outcome and ends the session once everything written has been sent. */
  finish(status: CommandStatus): Promise<void>
}

/** Reads the query of a request. Throws 400. */
export function parseCommandRequest(subresource: 'exec' | 'attach', pod: Pod, query: URLSearchParams): CommandRequest {
  const container = chooseContainer(pod, query.get('container') ?? '')
  requireHost(pod)
  const tty = flag(query, 'tty')
  const request: CommandRequest = {
    subresource,
    pod,
    container,
    command: query.getAll('command'),
    stdin: flag(query, 'stdin'),
    stdout: flag(query, 'stdout'),
    // A terminal has one output.
    stderr: flag(query, 'stderr') && !tty,
    tty,
  }
  if (subresource === 'exec' && request.command.length === 0) {
    throw badRequest('you must specify a command to run in the container')
  }
  if (!request.stdin && !request.stdout && !request.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr')
  }
  return request
}

/** Runs the command or attaches, and tells the client how it ended. */
export async function runCommand(request: CommandRequest, node: NodeAccess, channels: CommandChannels): Promise<void> {
  const { subresource, pod, container, command } = request
  const { streams, signal } = channels
  try {
    const result =
      subresource === 'exec'
        ? await node.exec(pod, container, command, streams, signal)
        : await node.attach(pod, container, streams, signal)
    await channels.finish(outcomeOf(result, command))
  } catch (error) {
    await channels.finish(failureOf(error, subresource))
  }
}

function outcomeOf({ exitCode }: CommandResult, command: string[]): CommandStatus {
  if (exitCode === 0) return { metadata: {}, status: 'Success' }
  const text = `error executing command [${command.join(' ')}], exit code ${exitCode}`
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${text}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  }
}

const INTERNAL = 'Internal error occurred: '

const DOING = {
  exec: 'error executing command in container: ',
  attach: 'error attaching to container: ',
}

// The node's error, wrapped as the kubelet and then the API server wrap it: kubectl prints all of it.
function failureOf(error: unknown, subresource: 'exec' | 'attach'): CommandStatus {
  const text = error instanceof Error ? error.message : String(error)
  const cause = wrap(text.startsWith(INTERNAL) ? text.slice(INTERNAL.length) : text, DOING[subresource])
  return new ApiError(500, 'InternalError', `${INTERNAL}${cause}`, { causes: [{ message: cause }] }).status
}

function wrap(cause: string, doing: string): string {
  // The kubelet refuses before it starts anything.
  if (cause.startsWith('container not found')) return `unable to upgrade connection: ${cause}`
  return `${INTERNAL}${cause.startsWith(doing) ? '' : doing}${cause}`
}
