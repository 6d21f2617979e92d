// Messages of the attempt's `events` socket: JSON text frames, server to browser only.
import type { Attempt, CheckResult, TimelineEntry } from './attempts.ts'

/** What the application looks like from outside, through the Ingress. */
export interface AppHealth {
  at: string
  /** `/`, the dashboard. */
  frontend: { status: number | null; detail: string }
  /** `/api/health`. */
  api: { status: number | null; detail: string }
  database: 'connected' | 'disconnected' | 'unknown'
}

/** One thing of the live picture. `tone` says how it is drawn, `note` says why, in kubectl's words. */
export interface PictureNode {
  id: string
  kind: 'Ingress' | 'Service' | 'Deployment' | 'Pod' | 'PersistentVolumeClaim'
  name: string
  tone: 'ok' | 'warn' | 'bad' | 'busy' | 'unknown'
  note: string
}

export interface PictureEdge {
  from: string
  to: string
  /** e.g. `/api`, `:5000`. */
  label: string
  tone: 'ok' | 'warn' | 'bad' | 'busy' | 'unknown'
  /** On the request's path: lit until it breaks. */
  lit: boolean
}

export interface Picture {
  nodes: PictureNode[]
  edges: PictureEdge[]
}

/** A Kubernetes Event of the namespace. */
export interface ClusterEvent {
  at: string
  type: string
  reason: string
  object: string
  message: string
  count: number
}

/** First message on a new socket is `attempt`, then `checks`, `health`, `picture`, `timeline`, `clusterEvents`. */
export type AttemptEvent =
  | { type: 'attempt'; attempt: Attempt }
  | {
      type: 'checks'
      checks: CheckResult[]
      invariants: CheckResult[]
      holding: Attempt['holding']
    }
  | { type: 'health'; health: AppHealth }
  | { type: 'picture'; picture: Picture }
  /** The whole timeline at first, then one entry at a time. */
  | { type: 'timeline'; entries: TimelineEntry[]; replace: boolean }
  | { type: 'clusterEvents'; events: ClusterEvent[] }
