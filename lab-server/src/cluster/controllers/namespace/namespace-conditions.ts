// What a terminating namespace says of itself. Same wording as upstream.
import { formatTime } from '../../clock.ts'
import type { KubeObject, Namespace } from '../../objects/types.ts'

type Condition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number]

/** Objects of one resource that are still there. */
export interface Remaining {
  /** `configmaps`, `deployments.apps`. */
  resource: string
  objects: KubeObject[]
}

/** The five conditions, with the transition times of those that stay as they were. */
export function namespaceConditions(namespace: Namespace, remaining: Remaining[], nowMs: number): Condition[] {
  const finalizers = countFinalizers(remaining)
  const hasMore = remaining.length > 0
  const hasFinalizers = finalizers.length > 0
  const texts: [type: string, isTrue: boolean, reason: string, message: string][] = [
    ['NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      false,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    hasMore
      ? [
          'NamespaceContentRemaining',
          true,
          'SomeResourcesRemain',
          `Some resources are remaining: ${listResources(remaining)}`,
        ]
      : ['NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'],
    hasFinalizers
      ? [
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${finalizers.join(', ')}`,
        ]
      : ['NamespaceFinalizersRemaining', false, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
  ]
  return texts.map(([type, isTrue, reason, message]) => {
    const status = isTrue ? 'True' : 'False'
    const before = namespace.status?.conditions?.find((condition) => condition.type === type)
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : formatTime(nowMs)
    return { ...(lastTransitionTime ? { lastTransitionTime } : {}), message, reason, status, type }
  })
}

function listResources(remaining: Remaining[]): string {
  return remaining
    .map(
      ({ resource, objects }) =>
        `${resource.includes('.') ? resource : `${resource}.`} has ${objects.length} resource instances`,
    )
    .sort()
    .join(', ')
}

function countFinalizers(remaining: Remaining[]): string[] {
  const counts = new Map<string, number>()
  for (const { metadata } of remaining.flatMap(({ objects }) => objects)) {
    for (const finalizer of metadata.finalizers ?? []) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1)
  }
  return [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).sort()
}
