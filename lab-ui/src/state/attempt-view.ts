// Everything the attempt page knows, and how each message of the events socket changes it. Pure.
import type {
  AppHealth,
  Attempt,
  AttemptEvent,
  CheckResult,
  ClusterEvent,
  Picture,
  TimelineEntry,
} from '@taskmaster-lab/server/contract'

export interface AttemptView {
  attempt: Attempt | undefined
  health: AppHealth | undefined
  /** Health as it was, oldest first, for the sparkline; bounded. */
  healthHistory: { at: string; healthy: boolean }[]
  picture: Picture
  timeline: TimelineEntry[]
  clusterEvents: ClusterEvent[]
  connected: boolean
}

/** What the page knows before the first message. */
export const emptyView: AttemptView = {
  attempt: undefined,
  health: undefined,
  healthHistory: [],
  picture: { nodes: [], edges: [] },
  timeline: [],
  clusterEvents: [],
  connected: false,
}

const historyLength = 120

/** Whether users are served: the dashboard and the API both answer as they should. */
export const isHealthy = (health: AppHealth): boolean =>
  health.frontend.status === 200 && health.api.status === 200 && health.database === 'connected'

/** The view after one message. */
export function nextView(view: AttemptView, event: AttemptEvent): AttemptView {
  switch (event.type) {
    case 'attempt':
      return { ...view, attempt: event.attempt, connected: true }
    case 'checks':
      if (!view.attempt) return view
      return {
        ...view,
        attempt: { ...view.attempt, checks: event.checks, invariants: event.invariants, holding: event.holding },
      }
    case 'health': {
      const entry = { at: event.health.at, healthy: isHealthy(event.health) }
      return { ...view, health: event.health, healthHistory: [...view.healthHistory, entry].slice(-historyLength) }
    }
    case 'picture':
      return { ...view, picture: event.picture }
    case 'timeline':
      return { ...view, timeline: event.replace ? event.entries : [...view.timeline, ...event.entries] }
    case 'clusterEvents':
      return { ...view, clusterEvents: event.events }
    default:
      // A newer server may say more than this page understands.
      return view
  }
}

/** How many of the things to hold do hold. */
export function progress(checks: CheckResult[]): { passed: number; total: number } {
  return { passed: checks.filter((check) => check.status === 'passed').length, total: checks.length }
}

/** Invariants that speak of users' health: red as long as the application is broken, which nobody needs to be told twice. */
const aboutHealth = new Set(['INV-11', 'INV-12'])

/** The invariants that stand in the way of a repair, as opposed to those that are red because there is none yet. */
export function refusals(checks: CheckResult[], invariants: CheckResult[]): CheckResult[] {
  const isRepaired = checks.every((check) => check.status === 'passed')
  return invariants.filter(
    (invariant) => invariant.status === 'failed' && (isRepaired || !aboutHealth.has(invariant.id)),
  )
}
