// A pod's address on the network: what upstream's sandbox is to us.
import { retryMs } from './images/ensure-image.ts'
import type { PodScope } from './pod-scope.ts'

/** Gives the pod its address where it has none; false when there is none to have, and the pod has to wait. */
export function ensureSandbox(scope: PodScope): boolean {
  const { state, context } = scope
  if (scope.signal.aborted) return false
  if (state.hasSandbox) return true
  const hadContainers = [...state.records.values()].some(({ instances }) => instances > 0)
  if (hadContainers) {
    const message = 'Pod sandbox changed, it will be killed and re-created.'
    scope.report({ type: 'Normal', reason: 'SandboxChanged', message })
  }
  try {
    const isOnHost = state.pod.spec?.hostNetwork ?? false
    state.podIp = isOnHost ? context.network.nodeIp : context.network.claimPodIp(state.pod.metadata.uid ?? '')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: ${why}`
    scope.report({ type: 'Warning', reason: 'FailedCreatePodSandBox', message })
    scope.wake(context.clock.now() + retryMs)
    return false
  }
  state.hasSandbox = true
  void scope.publish()
  return true
}
