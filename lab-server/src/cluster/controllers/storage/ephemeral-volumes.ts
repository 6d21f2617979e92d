import type { PersistentVolumeClaim, Pod } from '../../objects/types.ts'
import { controllerReference } from '../ownership.ts'
import { isPodFinished } from '../pod-state.ts'
import { defineController, keyOf, mapKind } from '../runtime.ts'

/** Creates the claims of generic ephemeral volumes; they go with their pod. */
export const ephemeralVolumeController = defineController({
  kind: 'Pod',
  watches: [
    mapKind('PersistentVolumeClaim', ({ type, object }) =>
      type === 'DELETED'
        ? (object.metadata.ownerReferences ?? [])
            .filter(({ kind }) => kind === 'Pod')
            .map(({ name }) => ({ namespace: object.metadata.namespace ?? '', name }))
        : [],
    ),
  ],
  async reconcile(pod, { client }) {
    if (isPodFinished(pod)) return undefined
    for (const claim of ephemeralClaims(pod)) {
      if (!client.find('PersistentVolumeClaim', keyOf(claim))) await client.create(claim)
    }
    return undefined
  },
})

/** The claims that a pod's generic ephemeral volumes stand for, named after pod and volume. */
export function ephemeralClaims(pod: Pod): PersistentVolumeClaim[] {
  return (pod.spec?.volumes ?? []).flatMap(({ name, ephemeral }) => {
    const { metadata, spec } = ephemeral?.volumeClaimTemplate ?? {}
    if (!spec) return []
    const { labels, annotations } = metadata ?? {}
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: `${pod.metadata.name}-${name}`,
        namespace: pod.metadata.namespace ?? '',
        ...(labels ? { labels } : {}),
        ...(annotations ? { annotations } : {}),
        ownerReferences: [controllerReference(pod)],
      },
      spec,
    }
  })
}
