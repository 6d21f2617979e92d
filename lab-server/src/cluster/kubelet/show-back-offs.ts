// What a crashing container shows while its next start is held back. As upstream: the look at the pod that its end brings
// about shows how it ended, every later one that it waits.
import { lastTermination } from './container-state.ts'
import { formatGoDuration } from './go-duration.ts'
import { describePod, type PodContainer } from './pod-containers.ts'
import type { PodPlan } from './pod-plan.ts'
import type { PodScope } from './pod-scope.ts'
import type { BackOffShown } from './pod-state.ts'

/** Between a container's end and the look at its pod that a probe's changed result brings about. */
const probeLookMs = 1_000
/** Upstream spreads its next look at the pod: it comes up to half of the wait too late. */
const retryJitter = 0.5

/** Shows and reports every back-off of the plan, and asks to be woken for the next look at each. */
export function showBackOffs(scope: PodScope, plan: PodPlan): void {
  const { state, context } = scope
  const nowMs = context.clock.now()
  for (const { container, untilMs, delayMs } of plan.backOff) {
    const { name, fieldPath } = container
    const pod = describePod(state.pod)
    const endedId = lastTermination(scope.recordOf(name))?.containerId ?? ''
    const before = state.backOffs.get(name)
    const isFirstLook = before?.endedId !== endedId && scope.recordOf(name).phase.kind === 'terminated'
    const shown = before?.endedId === endedId ? before : firstShown(scope, container, { endedId, untilMs })
    if (!isFirstLook) {
      const message = `back-off ${formatGoDuration(delayMs)} restarting failed container=${name} pod=${pod}`
      scope.apply(name, { type: 'backing-off', message })
    }
    const message = `Back-off restarting failed container ${name} in pod ${pod}`
    scope.report({ type: 'Warning', reason: 'BackOff', message, fieldPath })
    const isDue = nowMs >= shown.nextLookMs
    const looksLeft = isDue ? shown.looksLeft - 1 : shown.looksLeft
    const nextLookMs = isDue ? nowMs + probeLookMs : shown.nextLookMs
    state.backOffs.set(name, { ...shown, looksLeft, nextLookMs })
    scope.wake(looksLeft > 0 ? Math.min(nextLookMs, shown.retryMs) : shown.retryMs)
  }
}

function firstShown(
  { context: { clock, random } }: PodScope,
  { spec: { readinessProbe, livenessProbe, startupProbe } }: PodContainer,
  { endedId, untilMs }: { endedId: string; untilMs: number },
): BackOffShown {
  const nowMs = clock.now()
  // Liveness and startup change from their initial result to failed, readiness begins with it.
  const looksLeft = (readinessProbe ? 1 : 0) + (livenessProbe ? 2 : 0) + (startupProbe ? 2 : 0)
  const retryMs = nowMs + (untilMs - nowMs) * (1 + retryJitter * random())
  return { endedId, looksLeft, nextLookMs: nowMs + probeLookMs, retryMs }
}
