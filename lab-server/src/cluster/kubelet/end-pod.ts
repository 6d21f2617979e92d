// How a pod ends although its object stays: refused, overdue, evicted, or done.
import type { Pod } from '../objects/types.ts'
import { admissionRefusal } from './admit-pod.ts'
import { type PodContainer, podContainers } from './pod-containers.ts'
import type { PodScope } from './pod-scope.ts'
import { stopContainer } from './stop-container.ts'

/** Turns away a new pod that the node cannot take. */
export async function refusePod(scope: PodScope): Promise<boolean> {
  const { state, context } = scope
  if (state.isAdmitted) return false
  const node = context.client.find('Node', { name: context.nodeName })
  const refusal = node && admissionRefusal(state.pod, otherPods(scope), node)
  state.isAdmitted = true
  if (!refusal) return false
  scope.report({ type: 'Warning', ...refusal })
  state.verdict = { reason: refusal.reason, message: `Pod was rejected: ${refusal.message}` }
  await finishPod(scope)
  return true
}

/** The node's other pods that are not over. */
function otherPods({ state, context }: PodScope): Pod[] {
  const fieldSelector = `spec.nodeName=${context.nodeName},status.phase!=Succeeded,status.phase!=Failed`
  const pods = context.client.list('Pod', { fieldSelector })
  return pods.filter(
    ({ metadata, spec }) => metadata.uid !== state.pod.metadata.uid && spec?.nodeName === context.nodeName,
  )
}

/** Ends a pod that was active longer than it may be. */
export async function endOverdue(scope: PodScope): Promise<boolean> {
  const { state, context } = scope
  const seconds = state.pod.spec?.activeDeadlineSeconds
  if (seconds === undefined) return false
  const deadlineMs = state.startTimeMs + seconds * 1000
  if (context.clock.now() < deadlineMs) {
    scope.wake(deadlineMs)
    return false
  }
  const message = 'Pod was active on the node longer than the specified deadline'
  await endPod(scope, { reason: 'DeadlineExceeded', message })
  return true
}

/** Ends a running pod for a reason of the node's: its containers stop, its phase is Failed. */
export async function endPod(
  scope: PodScope,
  verdict: { reason: string; message: string },
  type: 'Normal' | 'Warning' = 'Normal',
): Promise<void> {
  scope.report({ type, ...verdict })
  scope.state.verdict = verdict
  await stopAll(scope)
  await finishPod(scope)
}

/** Ends every running container, sidecars last and in reverse order. */
export async function stopAll(scope: PodScope): Promise<void> {
  const containers = podContainers(scope.state.pod)
  const stop = (container: PodContainer) =>
    stopContainer(scope, container, { message: `Stopping container ${container.name}` })
  for (const end of scope.state.stopProbes.values()) end()
  await Promise.all(containers.filter(({ role }) => role !== 'sidecar').map(stop))
  for (const sidecar of containers.filter(({ role }) => role === 'sidecar').reverse()) await stop(sidecar)
}

/** Marks the pod as one that will never run again, and lets go of its address. */
export async function finishPod(scope: PodScope): Promise<void> {
  const { state, context } = scope
  for (const container of podContainers(state.pod)) {
    if (container.role === 'ephemeral')
      await stopContainer(scope, container, { message: `Stopping container ${container.name}` })
  }
  state.isOver = true
  state.hasSandbox = false
  context.network.releasePodIp(state.pod.metadata.uid ?? '')
  await scope.publish()
}
