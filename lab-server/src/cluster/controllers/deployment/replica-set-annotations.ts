// Annotations that a ReplicaSet has from its Deployment: a copy of the Deployment's own, its revision, its size.
import type { Deployment, ReplicaSet } from '../../objects/types.ts'
import { annotations, maxSurge, revisionOf, sizeOf } from './replica-set-facts.ts'

const notCopied = new Set<string>([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  ...Object.values(annotations),
])

/** The annotations that say how large the whole rollout is meant to be. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  return {
    [annotations.desiredReplicas]: String(sizeOf(deployment)),
    [annotations.maxReplicas]: String(sizeOf(deployment) + maxSurge(deployment)),
  }
}

/** What the ReplicaSet's annotations have to become, or undefined when they are right. */
export function planNewAnnotations(
  deployment: Deployment,
  { replicaSet, revision, isNew }: { replicaSet: ReplicaSet; revision: number; isNew: boolean },
): Record<string, string> | undefined {
  const before = replicaSet.metadata.annotations ?? {}
  const after: Record<string, string> = { ...before }
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!notCopied.has(name)) after[name] = value
  }
  const had = revisionOf(replicaSet)
  if (had < revision) {
    after[annotations.revision] = String(revision)
    // Rolling back to this ReplicaSet: it keeps the numbers under which it was known before.
    if (had > 0)
      after[annotations.revisionHistory] = [before[annotations.revisionHistory], had].filter(Boolean).join(',')
  }
  if (isNew) Object.assign(after, sizeAnnotations(deployment))
  const isSame = Object.entries(after).every(([name, value]) => before[name] === value)
  return isSame ? undefined : after
}
