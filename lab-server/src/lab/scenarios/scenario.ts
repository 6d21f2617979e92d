// A scenario as its author wrote it. The JSON Schema `scenarios/scenario.schema.json` describes the same.
import type { JsonPatchOperation } from '../kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
import type { VariantValues } from './variants.ts'

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
  /** The fault of an incident that this check belongs to: each group is worth the same. */
  group?: string
  /** Green while the application is broken: there to refuse a wrong fix. */
  guard?: boolean
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

/** Whether pods with these labels (or the ingress controller, or a stranger: `{}`) may reach others on a port. */
export interface NetworkFlow {
  from: Record<string, string> | 'ingress'
  to: Record<string, string>
  port: number
  allowed: boolean
}

/** Whether a ServiceAccount of the namespace may do this; `deployments.apps` names a resource of a group. */
export interface AccountRight {
  account: string
  verb: string
  resource: string
  name?: string
  allowed: boolean
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
  /** What belongs to the healthy world of this scenario alone, done before the baseline is taken. */
  setup?: Fault[]
  faults: Fault[]
  signals?: Signal[]
  checks: CheckSpec[]
  invariants: { except: string[]; images: string[] }
  /** INV-8 is asked for. */
  flows?: NetworkFlow[]
  /** INV-7 looks at these as well. */
  rights?: AccountRight[]
  /** INV-13 is asked for. */
  freshPod?: boolean
  /** Standing proofs that are not asked of it, and why. */
  unproved?: { healthyAgain?: string; webServer?: string }
  /** Values for `{{name}}`; the attempt's seed picks. */
  variants?: VariantValues[]
  /** Objects outside the namespace that it is about, as `kube-system/Deployment/coredns`: the student may change them. */
  beyond?: string[]
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
