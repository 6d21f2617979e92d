// What becomes of volumes: available, bound, released when their claim is gone, then kept or deleted.

import type { Client } from '../../client.ts'
import { formatTime } from '../../clock.ts'
import type { PersistentVolume } from '../../objects/types.ts'
import { type ControllerContext, defineController, mapKind } from '../runtime.ts'
import { annotations } from './volumes.ts'

/** Keeps the phase of each PersistentVolume. */
export const volumeReclaimer = defineController({
  kind: 'PersistentVolume',
  watches: [
    mapKind('PersistentVolumeClaim', ({ object }) =>
      object.spec?.volumeName ? [{ name: object.spec.volumeName }] : [],
    ),
  ],
  reconcile: keepPhase,
  // A volume that waits to be deleted may still lose its claim.
  cleanup: keepPhase,
})

async function keepPhase(volume: PersistentVolume, { client, clock }: ControllerContext): Promise<undefined> {
  const phase = nextPhase(volume, client)
  if (phase && phase !== volume.status?.phase) {
    const lastPhaseTransitionTime = formatTime(clock.now())
    await client.writeStatus(volume, { ...volume.status, phase, lastPhaseTransitionTime })
  }
  if (phase === 'Released' && isUnclaimable(volume)) {
    const message = `Error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`
    client.report(volume, {
      type: 'Warning',
      reason: 'VolumeFailedDelete',
      message,
      component: 'persistentvolume-controller',
    })
    await client.writeStatus(volume, { ...volume.status, phase: 'Failed', message: message.toLowerCase() })
  }
}

/** The phase that follows from the volume's claim; undefined while the binder is at work on it. */
export function nextPhase(volume: PersistentVolume, client: Pick<Client, 'find'>): string | undefined {
  const { claimRef } = volume.spec ?? {}
  if (!claimRef) return 'Available'
  if (!claimRef.uid) return volume.status?.phase ?? 'Available'
  const claim = client.find('PersistentVolumeClaim', { namespace: claimRef.namespace ?? '', name: claimRef.name ?? '' })
  if (claim?.metadata.uid === claimRef.uid) return undefined
  return volume.status?.phase === 'Failed' ? 'Failed' : 'Released'
}

/** Nobody can delete a volume that no provisioner made. */
function isUnclaimable(volume: PersistentVolume): boolean {
  const policy = volume.spec?.persistentVolumeReclaimPolicy
  return (
    policy === 'Delete' &&
    !volume.metadata.annotations?.[annotations.provisionedBy] &&
    volume.status?.phase !== 'Failed'
  )
}
