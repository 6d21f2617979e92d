// Rules for volumes.
import type { FieldError } from '../kind-definition.ts'
import { nodeSelectorErrors } from '../pod-spec/affinity-validation.ts'
import { backstepErrors } from '../pod-spec/file-validation.ts'
import { hostPathErrors, nfsErrors } from '../pod-spec/volume-source-validation.ts'
import type { PersistentVolume } from '../types.ts'
import { jsonDiff } from '../validation/diff.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, immutable, invalidEach, notSupported, required } from '../validation/errors.ts'
import { internalVolumeSource } from '../validation/internal-form.ts'
import { dnsSubdomainProblems } from '../validation/names.ts'
import { accessModeErrors, positiveQuantity, volumeModeErrors } from './claim-validation.ts'

type VolumeSpec = NonNullable<PersistentVolume['spec']>

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

/** Rules for a volume. */
export function volumeErrors({ spec = {} }: PersistentVolume): FieldError[] {
  const { accessModes, storageClassName } = spec
  const errors = accessModes?.length ? [] : [required('spec.accessModes')]
  errors.push(...accessModeErrors('spec.accessModes', accessModes), ...capacityErrors(spec.capacity))
  const policy = spec.persistentVolumeReclaimPolicy
  if (policy && !reclaimPolicies.includes(policy)) {
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, reclaimPolicies))
  }
  errors.push(...nodeAffinityErrors(spec.nodeAffinity), ...sourceErrors(spec))
  if (policy === 'Recycle' && /^\/+$/.test(spec.hostPath?.path ?? '')) {
    const rule = "may not be 'recycle' for a hostPath mount of '/'"
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', rule))
  }
  if (storageClassName) {
    errors.push(...invalidEach('spec.storageClassName', storageClassName, dnsSubdomainProblems(storageClassName)))
  }
  return [...errors, ...volumeModeErrors('spec.volumeMode', spec.volumeMode)]
}

function capacityErrors(capacity: VolumeSpec['capacity']): FieldError[] {
  const names = Object.keys(capacity ?? {})
  const errors = names.length === 0 ? [required('spec.capacity')] : []
  if (names.length !== 1 || names[0] !== 'storage') errors.push(notSupported('spec.capacity', capacity, ['storage']))
  for (const [name, amount] of Object.entries(capacity ?? {})) {
    errors.push(...positiveQuantity(`spec.capacity[${name}]`, amount))
  }
  return errors
}

function nodeAffinityErrors(affinity: VolumeSpec['nodeAffinity']): FieldError[] {
  if (!affinity) return []
  const field = 'spec.nodeAffinity.required'
  if (!affinity.required) return [required(field, 'must specify required node constraints')]
  return nodeSelectorErrors(field, affinity.required)
}

function sourceErrors(spec: VolumeSpec): FieldError[] {
  const [first, ...more] = Object.keys(sourceOf(spec))
  if (!first) return [required('spec', 'must specify a volume type')]
  const others = more.map((type) => forbidden(`spec.${type}`, 'may not specify more than 1 volume type'))
  return [...oneSourceErrors(`spec.${first}`, { [first]: spec[first as keyof VolumeSpec] }, spec), ...others]
}

function oneSourceErrors(field: string, { hostPath, nfs, local, csi }: VolumeSpec, spec: VolumeSpec): FieldError[] {
  if (hostPath) return hostPathErrors(field, hostPath)
  if (nfs) return nfsErrors(field, nfs)
  if (local) {
    const errors = local.path ? backstepErrors(`${field}.path`, local.path) : [required(`${field}.path`)]
    if (spec.nodeAffinity) return errors
    return [...errors, required('spec.nodeAffinity', 'Local volume requires node affinity')]
  }
  if (!csi) return []
  const errors = csi.driver ? [] : [required(`${field}.driver`)]
  const problems = dnsSubdomainProblems((csi.driver ?? '').toLowerCase())
  errors.push(...invalidEach(`${field}.driver`, csi.driver ?? '', problems))
  return csi.volumeHandle ? errors : [...errors, required(`${field}.volumeHandle`)]
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
