// Rules for storage classes.
import type { FieldError } from '../kind-definition.ts'
import type { StorageClass } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, immutable, invalidEach, notSupported, required } from '../validation/errors.ts'
import { labelKeyProblems } from '../validation/names.ts'

/** Rules for a storage class. */
export function storageClassErrors({ provisioner, reclaimPolicy, volumeBindingMode }: StorageClass): FieldError[] {
  const errors = provisioner
    ? invalidEach('provisioner', provisioner, labelKeyProblems(provisioner.toLowerCase()))
    : [required('provisioner')]
  const policies = ['Delete', 'Retain']
  if (reclaimPolicy && !policies.includes(reclaimPolicy)) {
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, policies))
  }
  const modes = ['Immediate', 'WaitForFirstConsumer']
  if (!volumeBindingMode) errors.push(required('volumeBindingMode'))
  else if (!modes.includes(volumeBindingMode)) {
    errors.push(notSupported('volumeBindingMode', volumeBindingMode, modes))
  }
  return errors
}

/** Nearly nothing of a storage class changes. */
export function storageClassChange(storageClass: StorageClass, old: StorageClass): FieldError[] {
  const errors: FieldError[] = []
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
    if (!semanticallyEqual(storageClass[field], old[field])) {
      errors.push(forbidden(field, `updates to ${field} are forbidden.`))
    }
  }
  if (storageClass.volumeBindingMode !== old.volumeBindingMode) {
    errors.push(immutable('volumeBindingMode', storageClass.volumeBindingMode))
  }
  return errors
}
