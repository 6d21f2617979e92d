// Which of a Deployment's ReplicaSets carries its present template.
import { isDeepStrictEqual } from 'node:util'
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../objects/types.ts'
import { byAge, sizeOf, templateHashLabel } from './replica-set-facts.ts'

/** The oldest ReplicaSet with the Deployment's template, and the others. */
export function splitReplicaSets(deployment: Deployment, replicaSets: ReplicaSet[]) {
  const sorted = [...replicaSets].sort(byAge)
  const current = sorted.find(({ spec }) => hasSameTemplate(spec?.template, deployment.spec?.template))
  return { current, old: sorted.filter((replicaSet) => replicaSet !== current) }
}

/**
 * Compares templates without the hash label that the controller adds. What is empty means the same as what is
 * absent: `kubectl rollout undo` sends `creationTimestamp: null`.
 */
export function hasSameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return isDeepStrictEqual(withoutEmpty(withoutHash(a)), withoutEmpty(withoutHash(b)))
}

function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const { [templateHashLabel]: _, ...labels } = template?.metadata?.labels ?? {}
  return { ...template, metadata: { ...template?.metadata, labels } }
}

function withoutEmpty(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value ?? undefined
  if (Array.isArray(value)) return value.length > 0 ? value.map(withoutEmpty) : undefined
  const fields = Object.entries(value)
    .map(([key, field]) => [key, withoutEmpty(field)] as const)
    .filter(([, field]) => field !== undefined)
  return fields.length > 0 ? Object.fromEntries(fields) : undefined
}

/** The only ReplicaSet with pods, or the newest when none has; undefined when several have. */
export function activeOrLatest(current: ReplicaSet | undefined, old: ReplicaSet[]): ReplicaSet | undefined {
  const newestFirst = [...old].sort(byAge).reverse()
  const active = [...newestFirst, ...(current ? [current] : [])].filter((replicaSet) => sizeOf(replicaSet) > 0)
  if (active.length === 0) return current ?? newestFirst[0]
  return active.length === 1 ? active[0] : undefined
}
