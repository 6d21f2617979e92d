// Rules for claims on volumes.
import type { FieldError } from '../kind-definition.ts'
import { canonicalQuantity, compareQuantities, quantityOf } from '../quantity.ts'
import type { PersistentVolumeClaim } from '../types.ts'
import { jsonDiff } from '../validation/diff.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { internalClaimSpec } from '../validation/internal-form.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import { dnsLabelProblems, dnsSubdomainProblems } from '../validation/names.ts'

type ClaimSpec = NonNullable<PersistentVolumeClaim['spec']>
type DataSource = ClaimSpec['dataSourceRef']

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const volumeModes = ['Block', 'Filesystem']

/** Rules for a claim. */
export function claimErrors({ spec }: PersistentVolumeClaim): FieldError[] {
  return claimSpecErrors('spec', spec)
}

/** Rules for what is claimed, also where something makes claims of a template. */
export function claimSpecErrors(field: string, spec: ClaimSpec = {}): FieldError[] {
  const { accessModes: modes, selector, resources, storageClassName, volumeMode, dataSource, dataSourceRef } = spec
  const errors = modes?.length ? [] : [required(`${field}.accessModes`, 'at least 1 access mode is required')]
  errors.push(...labelSelectorErrors(`${field}.selector`, selector), ...accessModeErrors(`${field}.accessModes`, modes))
  const storage = resources?.requests?.storage
  if (storage === undefined) errors.push(required(`${field}.resources[storage]`))
  else errors.push(...positiveQuantity(`${field}.resources[storage]`, storage))
  if (storageClassName) {
    errors.push(...invalidEach(`${field}.storageClassName`, storageClassName, dnsSubdomainProblems(storageClassName)))
  }
  errors.push(...volumeModeErrors(`${field}.volumeMode`, volumeMode))
  errors.push(...dataSourceErrors(`${field}.dataSource`, dataSource))
  return [...errors, ...dataSourceErrors(`${field}.dataSourceRef`, dataSourceRef)]
}

/** An amount above zero, as upstream shows it. */
export function positiveQuantity(field: string, amount: string): FieldError[] {
  return quantityOf(amount).nano > 0n ? [] : [invalid(field, canonicalQuantity(amount), 'must be greater than zero')]
}

/** How many machines may use a volume at a time. */
export function accessModeErrors(field: string, modes: string[] | undefined): FieldError[] {
  const unknown = (modes ?? []).filter((mode) => !accessModes.includes(mode))
  const errors = unknown.map((mode) => notSupported(field, mode, accessModes))
  const others = (modes ?? []).filter((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode))
  if (others.length === 0 || !modes?.includes('ReadWriteOncePod')) return errors
  return [...errors, forbidden(field, 'may not use ReadWriteOncePod with other access modes')]
}

/** Files or a device. */
export function volumeModeErrors(field: string, mode: string | undefined): FieldError[] {
  return mode && !volumeModes.includes(mode) ? [notSupported(field, mode, volumeModes)] : []
}

function dataSourceErrors(field: string, source: DataSource): FieldError[] {
  if (!source) return []
  const { name, kind, apiGroup = '', namespace } = source
  const errors = name ? [] : [required(`${field}.name`)]
  if (!kind) errors.push(required(`${field}.kind`))
  if (!apiGroup && kind !== 'PersistentVolumeClaim') {
    const rule = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
    errors.push(invalid(field, kind ?? '', rule))
  }
  if (apiGroup) errors.push(...invalidEach(`${field}.apiGroup`, apiGroup, dnsSubdomainProblems(apiGroup)))
  if (namespace) errors.push(...invalidEach(`${field}.namespace`, namespace, dnsLabelProblems(namespace)))
  return errors
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
  const errors: FieldError[] = []
  if (!semanticallyEqual(allowed, old.spec)) {
    const rule =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
    errors.push(forbidden('spec', `${rule}\n${jsonDiff(internalClaimSpec(old.spec), internalClaimSpec(allowed))}`))
  }
  const [now, before] = [spec.resources?.requests?.storage, old.spec.resources?.requests?.storage]
  const isLess = compareQuantities(now, before) < 0 && compareQuantities(now, status?.capacity?.storage) <= 0
  if (isLess) errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  return errors
}
