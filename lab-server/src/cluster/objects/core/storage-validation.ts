// Rules for volumes and claims.
import type { FieldError } from '../kind-definition.ts'
import { compareQuantities, quantityOf } from '../quantity.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../types.ts'
import { jsonDiff } from '../validation/diff.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, immutable, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { internalClaimSpec, internalVolumeSource } from '../validation/internal-form.ts'
import { dnsSubdomainProblems } from '../validation/names.ts'

type ClaimSpec = NonNullable<PersistentVolumeClaim['spec']>
type VolumeSpec = NonNullable<PersistentVolume['spec']>

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const volumeModes = ['Block', 'Filesystem']
const reclaimPolicies = ['Delete', 'Recycle', 'Retain']

/** The fields of a volume that say nothing about where it is. */
const notSources = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
])

/** Rules for a claim. */
export function claimErrors({ spec }: PersistentVolumeClaim): FieldError[] {
  const errors = modeErrors(spec?.accessModes)
  const storage = spec?.resources?.requests?.storage
  if (storage === undefined) errors.push(required('spec.resources[storage]'))
  else if (quantityOf(storage).nano <= 0n) {
    errors.push(invalid('spec.resources[storage]', storage, 'must be greater than zero'))
  }
  if (spec?.storageClassName) {
    const problems = dnsSubdomainProblems(spec.storageClassName)
    errors.push(...invalidEach('spec.storageClassName', spec.storageClassName, problems))
  }
  return [...errors, ...volumeModeErrors(spec?.volumeMode)]
}

/** A claim changes in what the cluster fills in, and grows once it is bound. */
export function claimChange({ spec, status }: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  if (!spec || !old.spec) return []
  const isBound = old.status?.phase === 'Bound'
  const allowed: ClaimSpec = { ...spec }
  // Binding names the volume; a default class may come after the claim.
  if (!old.spec.volumeName) allowed.volumeName = old.spec.volumeName
  if (old.spec.storageClassName === undefined) allowed.storageClassName = old.spec.storageClassName
  if (isBound) {
    const requests = { ...spec.resources?.requests, storage: old.spec.resources?.requests?.storage ?? '0' }
    allowed.resources = { ...spec.resources, requests }
    allowed.volumeAttributesClassName = old.spec.volumeAttributesClassName
  }
  if (!semanticallyEqual(allowed, old.spec)) {
    const rule =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
    return [forbidden('spec', `${rule}\n${jsonDiff(internalClaimSpec(old.spec), internalClaimSpec(allowed))}`)]
  }
  const [now, before] = [spec.resources?.requests?.storage, old.spec.resources?.requests?.storage]
  if (!isBound || compareQuantities(now, before) >= 0) return []
  if (compareQuantities(now, status?.capacity?.storage) > 0) return []
  return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
}

/** Rules for a volume. */
export function volumeErrors({ spec }: PersistentVolume): FieldError[] {
  const errors = modeErrors(spec?.accessModes)
  if (!spec?.capacity) errors.push(required('spec.capacity'))
  else {
    const { storage, ...others } = spec.capacity
    if (storage === undefined || Object.keys(others).length > 0) {
      errors.push(notSupported('spec.capacity', spec.capacity, ['storage']))
    } else if (quantityOf(storage).nano <= 0n) {
      errors.push(invalid('spec.capacity[storage]', storage, 'must be greater than zero'))
    }
  }
  const sources = Object.keys(spec ?? {}).filter((field) => !notSources.has(field))
  for (const [i, source] of sources.entries()) {
    if (i > 0) errors.push(forbidden(`spec.${source}`, 'may not specify more than 1 volume type'))
  }
  if (sources.length === 0) errors.push(required('spec', 'must specify a volume type'))
  const policy = spec?.persistentVolumeReclaimPolicy
  if (policy && !reclaimPolicies.includes(policy)) {
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, reclaimPolicies))
  }
  return [...errors, ...volumeModeErrors(spec?.volumeMode)]
}

/** Where a volume is never changes. */
export function volumeChange({ spec }: PersistentVolume, old: PersistentVolume): FieldError[] {
  if (!spec || !old.spec) return []
  const errors: FieldError[] = []
  if (!semanticallyEqual(sourceOf(spec), sourceOf(old.spec))) {
    const diff = jsonDiff(internalVolumeSource(old.spec), internalVolumeSource(spec))
    errors.push(
      forbidden('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${diff}`),
    )
  }
  if (spec.volumeMode !== old.spec.volumeMode) errors.push(immutable('volumeMode', spec.volumeMode))
  if (old.spec.nodeAffinity && !semanticallyEqual(spec.nodeAffinity, old.spec.nodeAffinity)) {
    errors.push(immutable('nodeAffinity', spec.nodeAffinity))
  }
  return errors
}

function sourceOf(spec: VolumeSpec): object {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !notSources.has(field)))
}

function modeErrors(modes: string[] | undefined): FieldError[] {
  if (!modes?.length) return [required('spec.accessModes', 'at least 1 access mode is required')]
  const unknown = modes.filter((mode) => !accessModes.includes(mode))
  const errors = unknown.map((mode) => notSupported('spec.accessModes', mode, accessModes))
  if (modes.length > 1 && modes.includes('ReadWriteOncePod')) {
    errors.push(forbidden('spec.accessModes', 'may not use ReadWriteOncePod with other access modes'))
  }
  return errors
}

function volumeModeErrors(mode: string | undefined): FieldError[] {
  return mode && !volumeModes.includes(mode) ? [notSupported('spec.volumeMode', mode, volumeModes)] : []
}
