// The hold window: everything must hold together, without a break, for some seconds.
import type { Pod } from '../kubernetes/objects.ts'

/** A window under way: since when, and how often each pod's containers had restarted then. */
export interface Hold {
  sinceMs: number
  restarts: Record<string, number>
}

/** What one evaluation says about the window. */
export interface HoldInput {
  allHold: boolean
  restarts: Record<string, number>
  nowMs: number
}

/** The window after an evaluation: kept, started anew when something flapped or restarted, or none. */
export function nextHold(hold: Hold | undefined, input: HoldInput): Hold | undefined {
  if (!input.allHold) return undefined
  const fresh = { sinceMs: input.nowMs, restarts: input.restarts }
  if (!hold) return fresh
  const hasRestarted = Object.entries(input.restarts).some(([pod, count]) => count > (hold.restarts[pod] ?? 0))
  return hasRestarted ? fresh : hold
}

/** Whether the window is over. */
export function isHeld(hold: Hold | undefined, seconds: number, nowMs: number): boolean {
  return hold !== undefined && nowMs - hold.sinceMs >= seconds * 1000
}

/** Restarts of all containers, by pod uid. */
export function restartsOf(pods: readonly Pod[]): Record<string, number> {
  return Object.fromEntries(
    pods.map((pod) => [
      pod.metadata.uid ?? pod.metadata.name,
      (pod.status?.containerStatuses ?? []).reduce((sum, container) => sum + container.restartCount, 0),
    ]),
  )
}
