// What may change in a pod that exists: very little. Everything else is refused with a diff.
import type { FieldError } from '../kind-definition.ts'
import type { Pod, PodSpec } from '../types.ts'
import { jsonDiff } from '../validation/diff.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, invalid, notFound } from '../validation/errors.ts'
import { internalPodSpec } from '../validation/internal-form.ts'
import { resizeErrors } from './pod-resize.ts'

const rule =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** Checks a change of a pod, or of the part of it that a subresource is for. */
export function podUpdateErrors(pod: Pod, old: Pod, subresource?: string): FieldError[] {
  if (!pod.spec || !old.spec) return []
  if (subresource === 'resize') return resizeErrors(pod, old)
  if (subresource === 'ephemeralcontainers') return ephemeralErrors(pod.spec, old.spec)
  for (const field of ['containers', 'initContainers'] as const) {
    if ((pod.spec[field]?.length ?? 0) === (old.spec[field]?.length ?? 0)) continue
    return [forbidden(`spec.${field}`, 'pod updates may not add or remove containers')]
  }
  const { errors, isFinal } = deadlineErrors(pod.spec, old.spec)
  if (isFinal) return errors
  const allowed = withAllowedChanges(pod.spec, old.spec)
  errors.push(...tolerationErrors(pod.spec, old.spec), ...gateErrors(pod.spec, old.spec))
  if (semanticallyEqual(allowed, old.spec)) return errors
  return [...errors, forbidden('spec', `${rule}\n${jsonDiff(internalPodSpec(old.spec), internalPodSpec(allowed))}`)]
}

/** Debugging containers come, and neither change nor go. */
function ephemeralErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const names = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name)
  const targets = (spec.ephemeralContainers ?? []).flatMap(({ targetContainerName: target }, i) =>
    target && !names.includes(target) ? [notFound(`spec.ephemeralContainers[${i}].targetContainerName`, target)] : [],
  )
  const changes = (old.ephemeralContainers ?? []).flatMap((before) => {
    const field = 'spec.ephemeralContainers'
    const now = spec.ephemeralContainers?.find(({ name }) => name === before.name)
    const who = `existing ephemeral containers ${JSON.stringify(before.name)}`
    if (!now) return [forbidden(field, `${who} may not be removed\n`)]
    return semanticallyEqual(now, before) ? [] : [forbidden(field, `${who} may not be changed\n`)]
  })
  return [...targets, ...changes]
}

/** The new spec with everything that may change as it was before. */
function withAllowedChanges(spec: PodSpec, old: PodSpec): PodSpec {
  const result = structuredClone(spec)
  for (const field of ['containers', 'initContainers'] as const) {
    for (const [i, container] of (result[field] ?? []).entries()) container.image = old[field]?.[i]?.image
  }
  result.activeDeadlineSeconds = old.activeDeadlineSeconds
  result.tolerations = old.tolerations
  // The scheduler binds a pod and the kubelet sets a negative grace to one.
  if (!old.nodeName) result.nodeName = old.nodeName
  const isRaised = (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1
  if (isRaised) result.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds
  result.schedulingGates = old.schedulingGates
  if (old.schedulingGates?.length) {
    result.nodeSelector = old.nodeSelector
    result.affinity = old.affinity
  }
  result.ephemeralContainers = old.ephemeralContainers
  return result
}

/** A deadline may be set, and later come nearer. Only one that moves away ends the check. */
function deadlineErrors(spec: PodSpec, old: PodSpec): { errors: FieldError[]; isFinal: boolean } {
  const field = 'spec.activeDeadlineSeconds'
  const [next, before] = [spec.activeDeadlineSeconds ?? undefined, old.activeDeadlineSeconds ?? undefined]
  if (before === undefined || next === before) return { errors: [], isFinal: false }
  if (next === undefined) {
    return { errors: [invalid(field, null, 'must not update from a positive integer to nil value')], isFinal: false }
  }
  if (next < before) return { errors: [], isFinal: false }
  return { errors: [invalid(field, next, 'must be less than or equal to previous value')], isFinal: true }
}

/** Gates only ever open. */
function gateErrors({ schedulingGates: gates = [] }: PodSpec, old: PodSpec): FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name))
  return gates.flatMap(({ name }, i) => {
    const rule = `only deletion is allowed, but found new scheduling gate '${name}'`
    return before.has(name) ? [] : [forbidden(`spec.schedulingGates[${i}].name`, rule)]
  })
}

function tolerationErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const kept = (old.tolerations ?? []).every((before) =>
    (spec.tolerations ?? []).some((toleration) => {
      const { tolerationSeconds: _, ...rest } = toleration
      const { tolerationSeconds: __, ...restBefore } = before
      return semanticallyEqual(rest, restBefore)
    }),
  )
  return kept
    ? []
    : [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
}
