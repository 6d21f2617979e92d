// Facts about claims and volumes that the binder, the provisioner and the scheduler share.
import type { Client } from '../../client.ts'
import { compareQuantities } from '../../objects/quantity.ts'
import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../objects/types.ts'

/** Annotations of claims and volumes. */
export const annotations = {
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  provisioner: 'volume.kubernetes.io/storage-provisioner',
  betaProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  selectedNode: 'volume.kubernetes.io/selected-node',
} as const

/** The claim's class by name, empty for none. */
export function classNameOf(object: PersistentVolume | PersistentVolumeClaim): string {
  return object.spec?.storageClassName ?? ''
}

/** The StorageClass of a claim, if it names one that exists. */
export function findClass(client: Client, claim: PersistentVolumeClaim): StorageClass | undefined {
  const name = classNameOf(claim)
  return name ? client.find('StorageClass', { name }) : undefined
}

/** True if a volume is chosen only once a pod that uses the claim is scheduled. */
export function waitsForConsumer(storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
}

/** True once the claim has its volume and both say so. */
export function isBound(claim: PersistentVolumeClaim): boolean {
  return Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.[annotations.bindCompleted] !== undefined
}

/** True if the volume is reserved for this claim. */
export function isReservedFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { claimRef } = volume.spec ?? {}
  return (
    claimRef?.name === claim.metadata.name &&
    claimRef?.namespace === claim.metadata.namespace &&
    (!claimRef?.uid || claimRef.uid === claim.metadata.uid)
  )
}

/** The smallest free volume that meets the claim, one reserved for it first. */
export function findVolume(claim: PersistentVolumeClaim, volumes: PersistentVolume[]): PersistentVolume | undefined {
  const fitting = volumes.filter((volume) => fits(volume, claim))
  return (
    fitting.find((volume) => isReservedFor(volume, claim)) ??
    fitting.filter(({ spec }) => !spec?.claimRef).sort((a, b) => compareQuantities(capacityOf(a), capacityOf(b)))[0]
  )
}

function fits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { selector, accessModes = [], volumeMode = 'Filesystem', volumeName } = claim.spec ?? {}
  if (volume.metadata.deletionTimestamp) return false
  if (volumeName && volumeName !== volume.metadata.name) return false
  if (volume.spec?.claimRef && !isReservedFor(volume, claim)) return false
  if ((volume.spec?.volumeMode ?? 'Filesystem') !== volumeMode) return false
  if (compareQuantities(capacityOf(volume), requestOf(claim)) < 0) return false
  if (isReservedFor(volume, claim)) return true
  if (selector && !matchesLabelSelector(selector, volume.metadata.labels)) return false
  if (classNameOf(volume) !== classNameOf(claim)) return false
  return accessModes.every((mode) => volume.spec?.accessModes?.includes(mode))
}

/** What the claim asks for. */
export function requestOf(claim: PersistentVolumeClaim): string {
  return String(claim.spec?.resources?.requests?.storage ?? '0')
}

function capacityOf(volume: PersistentVolume): string {
  return String(volume.spec?.capacity?.storage ?? '0')
}

/** The claims that a pod's volumes name, generic ephemeral ones included. */
export function claimNamesOf(pod: Pod): string[] {
  return (pod.spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return [persistentVolumeClaim.claimName]
    return ephemeral ? [`${pod.metadata.name}-${name}`] : []
  })
}
