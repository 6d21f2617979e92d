// Objects of storage drivers: stored and shown, with no driver behind them.
import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { CSIDriver, CSINode, CSIStorageCapacity, VolumeAttachment, VolumeAttributesClass } from '../types.ts'

const group = 'storage.k8s.io'
const version = 'v1'

/** A storage driver and what it can do. */
export const csiDriver = defineKind<CSIDriver>({
  group,
  version,
  kind: 'CSIDriver',
  plural: 'csidrivers',
  applyDefaults({ spec }) {
    if (!spec) return
    spec.attachRequired ??= true
    spec.podInfoOnMount ??= false
    spec.storageCapacity ??= false
    spec.requiresRepublish ??= false
    spec.seLinuxMount ??= false
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent']
  },
  namespaced: false,
  columns: [
    nameColumn,
    plain('AttachRequired', 'boolean'),
    plain('PodInfoOnMount', 'boolean'),
    plain('StorageCapacity', 'boolean'),
    plain('TokenRequests'),
    plain('RequiresRepublish', 'boolean'),
    plain('Modes'),
    ageColumn,
  ],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    spec?.attachRequired ?? true,
    spec?.podInfoOnMount ?? false,
    spec?.storageCapacity ?? false,
    (spec?.tokenRequests ?? []).map(({ audience }) => audience).join() || '<unset>',
    spec?.requiresRepublish ?? false,
    (spec?.volumeLifecycleModes ?? []).join() || '<none>',
    age(metadata.creationTimestamp, nowMs),
  ],
})

/** The drivers on a node. */
export const csiNode = defineKind<CSINode>({
  group,
  version,
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  columns: [nameColumn, plain('Drivers', 'integer'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    spec?.drivers?.length ?? 0,
    age(metadata.creationTimestamp, nowMs),
  ],
})

/** How much a driver can still provide. */
export const csiStorageCapacity = defineKind<CSIStorageCapacity>({
  group,
  version,
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  columns: [nameColumn, plain('StorageClassName'), plain('Capacity')],
  cells: ({ metadata, storageClassName, capacity }) => [metadata.name, storageClassName, capacity ?? '<unset>'],
})

/** A volume attached to a node. */
export const volumeAttachment = defineKind<VolumeAttachment>({
  group,
  version,
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  subresources: { status: true },
  columns: [nameColumn, plain('Attacher'), plain('PV'), plain('Node'), plain('Attached', 'boolean'), ageColumn],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    spec?.attacher ?? '',
    spec?.source?.persistentVolumeName ?? '',
    spec?.nodeName ?? '',
    status?.attached ?? false,
    age(metadata.creationTimestamp, nowMs),
  ],
})

/** Attributes of volumes that may change while they are used. */
export const volumeAttributesClass = defineKind<VolumeAttributesClass>({
  group,
  version,
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  namespaced: false,
  columns: [nameColumn, plain('DriverName'), ageColumn],
  cells: ({ metadata, driverName }, { nowMs }) => [metadata.name, driverName, age(metadata.creationTimestamp, nowMs)],
})
