// Objects in the form of upstream's internal types, which some of its messages print: every field, set or not, with
// Go's names, in Go's order.
import type { PersistentVolume, PersistentVolumeClaim, PodSpec, PodTemplateSpec } from '../types.ts'
import { internalFields } from './internal-types.ts'

/** A pod's spec as upstream prints it. The host's namespaces stand in its security context there. */
export function internalPodSpec(spec: PodSpec): unknown {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec
  const securityContext = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers, ...spec.securityContext }
  return internalForm('PodSpec', { ...spec, securityContext })
}

/** A pod template as upstream prints it: its metadata are its own fields. */
export function internalTemplate({ metadata, spec }: PodTemplateSpec): unknown {
  return { ...metadata, Spec: spec ? internalPodSpec(spec) : {} }
}

/** A claim's spec as upstream prints it. */
export function internalClaimSpec(spec: NonNullable<PersistentVolumeClaim['spec']>): unknown {
  return internalForm('PersistentVolumeClaimSpec', spec)
}

/** Where a volume is, as upstream prints it. */
export function internalVolumeSource(spec: NonNullable<PersistentVolume['spec']>): unknown {
  return internalForm('PersistentVolumeSource', spec)
}

/** A value of one of the types in the table of internal types. */
export function internalForm(type: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => internalForm(type, item))
  const object = (value ?? {}) as Record<string, unknown>
  return Object.fromEntries(
    internalFields(type).map(({ name, jsonName, unset, type: inner, isValue }) => {
      const field = object[jsonName]
      if (inner && (isValue || (field !== undefined && field !== null))) return [name, internalForm(inner, field)]
      return [name, field ?? unset]
    }),
  )
}
