// Volumes and the claims on them.

import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { claimWarnings, volumeWarnings } from '../pod-spec/claim-warnings.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../types.ts'
import { claimChange, claimErrors } from './claim-validation.ts'
import { volumeChange, volumeErrors } from './storage-validation.ts'

const classAnnotation = 'volume.beta.kubernetes.io/storage-class'
const modes: [string, string][] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]

/** A request for storage. */
export const persistentVolumeClaim = defineKind<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  validate: claimErrors,
  warnings: claimWarnings,
  validateUpdate: claimChange,
  applyDefaults(claim) {
    if (claim.spec) claim.spec.volumeMode ??= 'Filesystem'
    claim.status ??= {}
    claim.status.phase ??= 'Pending'
  },
  shortNames: ['pvc'],
  subresources: { status: true },
  columns: [
    nameColumn,
    plain('Status'),
    plain('Volume'),
    plain('Capacity'),
    plain('Access Modes'),
    plain('StorageClass'),
    plain('VolumeAttributesClass'),
    ageColumn,
    wide('VolumeMode'),
  ],
  cells({ metadata, spec, status }, { nowMs }) {
    const isBound = Boolean(spec?.volumeName)
    return [
      metadata.name,
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
      spec?.volumeName ?? '',
      isBound ? (status?.capacity?.storage ?? '0') : '',
      isBound ? accessModes(status?.accessModes) : '',
      metadata.annotations?.[classAnnotation] ?? spec?.storageClassName ?? '',
      spec?.volumeAttributesClassName ?? '<unset>',
      age(metadata.creationTimestamp, nowMs),
      spec?.volumeMode ?? '<unset>',
    ]
  },
})

/** A piece of storage. */
export const persistentVolume = defineKind<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  validate: volumeErrors,
  warnings: volumeWarnings,
  validateUpdate: volumeChange,
  applyDefaults(volume) {
    if (volume.spec) {
      volume.spec.persistentVolumeReclaimPolicy ??= 'Retain'
      volume.spec.volumeMode ??= 'Filesystem'
      if (volume.spec.hostPath) volume.spec.hostPath.type ??= ''
    }
    volume.status ??= {}
    volume.status.phase ??= 'Pending'
  },
  shortNames: ['pv'],
  namespaced: false,
  subresources: { status: true },
  columns: [
    nameColumn,
    plain('Capacity'),
    plain('Access Modes'),
    plain('Reclaim Policy'),
    plain('Status'),
    plain('Claim'),
    plain('StorageClass'),
    plain('VolumeAttributesClass'),
    plain('Reason'),
    ageColumn,
    wide('VolumeMode'),
  ],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    spec?.capacity?.storage ?? '0',
    accessModes(spec?.accessModes),
    spec?.persistentVolumeReclaimPolicy ?? '',
    metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '',
    metadata.annotations?.[classAnnotation] ?? spec?.storageClassName ?? '',
    spec?.volumeAttributesClassName ?? '<unset>',
    status?.reason ?? '',
    age(metadata.creationTimestamp, nowMs),
    spec?.volumeMode ?? '<unset>',
  ],
})

function accessModes(given: string[] | undefined): string {
  return modes
    .filter(([mode]) => given?.includes(mode))
    .map(([, short]) => short)
    .join()
}
