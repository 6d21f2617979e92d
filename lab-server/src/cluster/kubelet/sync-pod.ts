// One pass over a pod that should run: volumes, address, and whatever its plan says. Each step returns early when
// the pod has to wait; the worker is then woken again.
import { aborted } from './abort.ts'
import { endOverdue, endPod, finishPod, refusePod } from './end-pod.ts'
import { podContainers } from './pod-containers.ts'
import { type PodPlan, planPod } from './pod-plan.ts'
import { ensureSandbox } from './pod-sandbox.ts'
import { findContainer, type PodScope } from './pod-scope.ts'
import { resizeContainers } from './resize-containers.ts'
import { showBackOffs } from './show-back-offs.ts'
import { startContainer } from './start-container.ts'
import { stopContainer } from './stop-container.ts'

const maxMountRetryMs = 122_000

/** Brings the pod one step further; calls `wake` for what has to happen later. */
export async function syncPod(scope: PodScope): Promise<void> {
  const { state } = scope
  if (state.isOver) return
  if (await refusePod(scope)) return
  if (await endOverdue(scope)) return
  if (!(await ensureVolumes(scope))) return
  if (!ensureSandbox(scope)) return
  if (state.eviction) return endPod(scope, state.eviction, 'Warning')
  await resizeContainers(scope)
  await endUnwanted(scope)

  // Every container that starts may let another go.
  for (let hasStarted = true; hasStarted && !scope.signal.aborted; ) {
    const plan = planPod(podContainers(state.pod), scope.recordOf, scope.context.clock.now())
    if (plan.outcome) return finishPod(scope)
    for (const container of plan.stop) {
      await stopContainer(scope, container, { message: `Stopping container ${container.name}` })
    }
    showBackOffs(scope, plan)
    hasStarted = (await startDue(scope, plan)) || plan.stop.length > 0
  }
  await scope.publish()
}

/** Sets up volumes; false when one fails, after reporting it and asking to be woken for the next try. */
async function ensureVolumes(scope: PodScope): Promise<boolean> {
  const { state, context } = scope
  const nowMs = context.clock.now()
  const retry = state.mountRetry
  if (nowMs < retry.untilMs) {
    scope.wake(retry.untilMs)
    return false
  }
  const failures = await state.volumes.setUp(state.pod, { podIp: state.podIp ?? '' })
  if (failures.length === 0) return true

  for (const { message } of failures) scope.report({ type: 'Warning', reason: 'FailedMount', message })
  retry.delayMs = Math.min(retry.delayMs === 0 ? 500 : retry.delayMs * 2, maxMountRetryMs)
  retry.untilMs = nowMs + retry.delayMs
  await scope.publish()
  scope.wake(retry.untilMs)
  return false
}

/** Ends containers whose probe failed or whose image was changed. */
async function endUnwanted(scope: PodScope): Promise<void> {
  const { state } = scope
  for (const { name, spec } of podContainers(state.pod)) {
    const image = state.images.get(name)
    if (!state.running.has(name) || image === undefined || image === spec.image) continue
    const graceSeconds = state.pod.spec?.terminationGracePeriodSeconds ?? 30
    state.kills.set(name, { message: `Container ${name} definition changed, will be restarted`, graceSeconds })
  }
  for (const [name, { message, graceSeconds }] of [...state.kills]) {
    const container = findContainer(state.pod, name)
    if (container) {
      state.stopProbes.get(name)?.()
      await Promise.race([stopContainer(scope, container, { message, graceSeconds }), aborted(scope.signal)])
    }
    state.kills.delete(name)
  }
}

/** Starts what is due; true when something now runs that did not. */
async function startDue(scope: PodScope, plan: PodPlan): Promise<boolean> {
  const { state, context } = scope
  let hasStarted = false
  for (const container of plan.start) {
    if (scope.signal.aborted) return false
    const heldUntilMs = state.holds.get(container.name) ?? 0
    if (context.clock.now() < heldUntilMs) {
      scope.wake(heldUntilMs)
      continue
    }
    state.holds.delete(container.name)
    state.backOffs.delete(container.name)
    await startContainer(scope, container)
    const isRunning = state.running.has(container.name)
    hasStarted ||= isRunning
    const nextMs = state.holds.get(container.name)
    if (nextMs !== undefined) scope.wake(nextMs)
    else if (!isRunning) scope.wake()
  }
  return hasStarted
}
