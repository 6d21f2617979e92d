// A scenario as its author wrote it. The JSON Schema `scenarios/scenario.schema.json` describes the same.
import type { JsonPatchOperation } from '../kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../kubernetes/objects.ts'

/** A value to be equal to, or one named comparison. */
export type Condition =
  | string
  | number
  | boolean
  | null
  | { equals: unknown }
  | { not: unknown }
  | { atLeast: number }
  | { atMost: number }
  | { contains: string }
  | { exists: boolean }

export interface HttpCheck {
  method?: 'GET' | 'HEAD'
  path: string
  status?: number
  body?: Record<string, Condition>
  contains?: string
}
export interface EndpointsCheck {
  service: string
  of: string
  ready: number
}
export interface RolloutCheck {
  of: string
}
export interface ApiCycleCheck {
  path?: string
}
export interface SteadyCheck {
  of: string
  seconds: number
}
export interface ResourceCheck {
  of: string
  fields: Record<string, Condition>
}

/** One check: exactly one of the kinds is set. */
export interface CheckSpec {
  id: string
  title: string
  http?: HttpCheck
  endpoints?: EndpointsCheck
  rollout?: RolloutCheck
  apiCycle?: ApiCycleCheck
  resource?: ResourceCheck
  steady?: SteadyCheck
}

export type History = 'keep' | 'forget'

/** One change to the healthy application. */
export type Fault =
  | { patch: string; ops: JsonPatchOperation[]; drain?: boolean | string[]; history?: History }
  | { create: KubeObject }
  | { delete: string; drain?: string[] }
  | { replace: string; ops: JsonPatchOperation[]; drain?: string[] }
  | { scale: string; replicas: number }
  | { restart: string; wait?: boolean; history?: History }

/** An event that the fault leads to. */
export interface Signal {
  reason: string
  message?: string
}

export interface Hint {
  cost: number
  text: string
}

/** `ingress`: requests pass a real ingress controller. `own-cluster`: nobody else uses the cluster. */
export type ScenarioNeed = 'ingress' | 'own-cluster'

export interface Scenario {
  id: string
  title: string
  level: number
  minutes: number
  tags: string[]
  domains: string[]
  cause: string
  holdSeconds: number
  faults: Fault[]
  signals?: Signal[]
  checks: CheckSpec[]
  invariants: { except: string[]; images: string[] }
  /** What it needs beyond a namespace; where that is missing it is not offered. */
  needs?: ScenarioNeed[]
  hints: Hint[]
  /** Markdown. */
  brief: string
  debrief: string
  folder: string
}

/** All scenarios, in the order of the catalogue. */
export type Catalogue = ReadonlyMap<string, Scenario>
