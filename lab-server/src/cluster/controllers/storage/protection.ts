// Finalizers that keep claims in use by pods, and volumes in use by claims, from disappearing.

import type { PersistentVolume, PersistentVolumeClaim } from '../../objects/types.ts'
import { isPodFinished } from '../pod-state.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import { claimNamesOf } from './volumes.ts'

const claimFinalizer = 'kubernetes.io/pvc-protection'
const volumeFinalizer = 'kubernetes.io/pv-protection'

/** Lets a deleted claim go only when no pod uses it. */
export const claimProtection = defineController({
  kind: 'PersistentVolumeClaim',
  watches: [
    mapKind('Pod', ({ type, object }) => {
      if (type !== 'DELETED' && !isPodFinished(object)) return []
      const { namespace = '' } = object.metadata
      return claimNamesOf(object).map((name) => ({ namespace, name }))
    }),
  ],
  reconcile: (claim, context) => ensureFinalizer(claim, claimFinalizer, context),
  async cleanup(claim, context) {
    const { name = '', namespace = '' } = claim.metadata
    const isUsed = context.client
      .list('Pod', { namespace })
      .some((pod) => claimNamesOf(pod).includes(name) && !isPodFinished(pod) && pod.spec?.nodeName)
    return isUsed ? undefined : dropFinalizer(claim, claimFinalizer, context)
  },
})

/** Lets a deleted volume go only when no claim is bound to it. */
export const volumeProtection = defineController({
  kind: 'PersistentVolume',
  reconcile: (volume, context) => ensureFinalizer(volume, volumeFinalizer, context),
  async cleanup(volume, context) {
    return volume.status?.phase === 'Bound' ? undefined : dropFinalizer(volume, volumeFinalizer, context)
  },
})

type Protected = PersistentVolume | PersistentVolumeClaim

async function ensureFinalizer(
  object: Protected,
  finalizer: string,
  { client }: ControllerContext,
): Promise<undefined> {
  const { finalizers = [] } = object.metadata
  if (finalizers.includes(finalizer)) return undefined
  await client.patch(object.kind, keyOf(object), { metadata: { finalizers: [...finalizers, finalizer] } })
}

async function dropFinalizer(object: Protected, finalizer: string, { client }: ControllerContext): Promise<undefined> {
  const left = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  await client.patch(object.kind, keyOf(object), { metadata: { finalizers: left.length > 0 ? left : null } })
}
