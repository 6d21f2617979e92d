import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { StorageClass } from '../types.ts'
import { storageClassChange, storageClassErrors } from './validation.ts'

const defaultClass = 'storageclass.kubernetes.io/is-default-class'
const betaDefaultClass = 'storageclass.beta.kubernetes.io/is-default-class'

/** A kind of storage and who provides it. */
export const storageClass = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  validate: storageClassErrors,
  validateUpdate: storageClassChange,
  shortNames: ['sc'],
  namespaced: false,
  applyDefaults(storageClass) {
    storageClass.reclaimPolicy ??= 'Delete'
    storageClass.volumeBindingMode ??= 'Immediate'
  },
  columns: [
    nameColumn,
    plain('Provisioner'),
    plain('ReclaimPolicy'),
    plain('VolumeBindingMode'),
    plain('AllowVolumeExpansion'),
    ageColumn,
  ],
  cells: (storageClass, { nowMs }) => [
    isDefaultStorageClass(storageClass) ? `${storageClass.metadata.name} (default)` : storageClass.metadata.name,
    storageClass.provisioner,
    storageClass.reclaimPolicy ?? 'Delete',
    storageClass.volumeBindingMode ?? '<unset>',
    storageClass.allowVolumeExpansion ?? false,
    age(storageClass.metadata.creationTimestamp, nowMs),
  ],
})

/** True for the class that claims without one get. */
export function isDefaultStorageClass({ metadata }: StorageClass): boolean {
  return metadata.annotations?.[defaultClass] === 'true' || metadata.annotations?.[betaDefaultClass] === 'true'
}
