// How the API server's log, exec, attach and port-forward reach containers of this node.

import { ApiError } from '../apiserver/errors.ts'
import type { CommandResult, LogOptions, NodeAccess } from '../apiserver/node-access.ts'
import type { Pod } from '../objects/types.ts'
import { type LogBuffer, type RunningContainer, StartError } from './container-runtime.ts'
import { lastTermination } from './container-state.ts'
import type { KubeletContext } from './kubelet-context.ts'
import { type PodReading, readPods } from './pod-readings.ts'
import type { PodWorker } from './pod-worker.ts'

/** What a kubelet answers the API server beside writing status. */
export interface KubeletAccess {
  /** Logs, commands and connections for pods of this node. */
  readonly access: NodeAccess
  /** Memory and CPU of every running container, for metrics.k8s.io. */
  podReadings(): Promise<PodReading[]>
}

/** Makes the node's access over its pod workers, by pod uid. */
export function makeNodeAccess(context: KubeletContext, workers: ReadonlyMap<string, PodWorker>): KubeletAccess {
  const workerOf = (pod: Pod): PodWorker => {
    const worker = workers.get(pod.metadata.uid ?? '')
    if (!worker) throw new ApiError(404, 'NotFound', `pods "${pod.metadata.name}" not found`)
    return worker
  }
  const runningOf = (pod: Pod, name: string): RunningContainer => {
    const running = workerOf(pod).state.running.get(name)
    if (!running) throw internal(`container not found ("${name}")`)
    return running
  }
  const logsOf = (pod: Pod, name: string, previous: boolean): LogBuffer => {
    const { state } = workerOf(pod)
    const running = state.running.get(name)
    if (running && !previous) return running.logs
    const record = state.records.get(name)
    const ended = record && (previous && running ? record.last : previous ? record.last : lastTermination(record))
    const logs = ended && context.runtime.findLogs(ended.containerId)
    if (!logs) throw missingLogs(pod, name, { previous, containerId: ended?.containerId })
    return logs
  }

  const access: NodeAccess = {
    async *logs(pod, container, { previous, sinceSeconds, sinceTimeMs, ...rest }: LogOptions) {
      const sinceMs = sinceSeconds === undefined ? sinceTimeMs : context.clock.now() - sinceSeconds * 1000
      yield* logsOf(pod, container, previous ?? false).read({ ...rest, ...(sinceMs === undefined ? {} : { sinceMs }) })
    },
    async exec(pod, container, command, streams, signal): Promise<CommandResult> {
      const exec = runningOf(pod, container).exec(command, streams)
      const kill = () => exec.kill()
      if (signal?.aborted) kill()
      signal?.addEventListener('abort', kill, { once: true })
      try {
        return { exitCode: (await exec.exited).exitCode }
      } catch (error) {
        if (!(error instanceof StartError)) throw error
        throw internal(error.message)
      } finally {
        signal?.removeEventListener('abort', kill)
      }
    },
    async attach(pod, container, streams, signal): Promise<CommandResult> {
      const running = runningOf(pod, container)
      const gone = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
      await Promise.race([running.attach(streams), gone])
      return { exitCode: 0 }
    },
    portForward(pod, port) {
      const { podIp } = workerOf(pod).state
      if (!podIp) throw internal(`failed to find sandbox of pod "${pod.metadata.name}"`)
      return (context.network.dialInside ?? context.network.dial)(podIp, port)
    },
  }
  return { access, podReadings: () => readPods([...workers.values()].map(({ state }) => state)) }
}

function internal(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

function missingLogs(
  pod: Pod,
  container: string,
  { previous, containerId }: { previous: boolean; containerId: string | undefined },
): ApiError {
  if (previous) {
    const message = `previous terminated container "${container}" in pod "${pod.metadata.name}" not found`
    return new ApiError(400, 'BadRequest', message)
  }
  if (containerId) return new ApiError(400, 'BadRequest', `unable to retrieve container logs for ${containerId}`)
  return new ApiError(400, 'BadRequest', `container "${container}" in pod "${pod.metadata.name}" is not available`)
}
