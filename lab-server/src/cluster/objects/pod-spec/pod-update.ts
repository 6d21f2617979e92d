// What may change in a pod that exists: very little. Everything else is refused with a diff.
import type { FieldError } from '../kind-definition.ts'
import type { Pod, PodSpec } from '../types.ts'
import { jsonDiff } from '../validation/diff.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, invalid } from '../validation/errors.ts'

const rule =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** Checks a change of a pod. */
export function podUpdateErrors(pod: Pod, old: Pod): FieldError[] {
  if (!pod.spec || !old.spec) return []
  const errors = [
    ...countErrors('containers', pod.spec, old.spec),
    ...countErrors('initContainers', pod.spec, old.spec),
    ...deadlineErrors(pod.spec, old.spec),
  ]
  if (errors.length > 0) return errors
  const allowed = withAllowedChanges(pod.spec, old.spec)
  errors.push(...tolerationErrors(pod.spec, old.spec))
  if (semanticallyEqual(allowed, old.spec)) return errors
  return [...errors, forbidden('spec', `${rule}\n${jsonDiff(old.spec, allowed)}`)]
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
  if (old.schedulingGates?.length) {
    result.schedulingGates = old.schedulingGates
    result.nodeSelector = old.nodeSelector
    result.affinity = old.affinity
  }
  result.ephemeralContainers = old.ephemeralContainers
  return result
}

function countErrors(field: 'containers' | 'initContainers', spec: PodSpec, old: PodSpec): FieldError[] {
  if ((spec[field]?.length ?? 0) === (old[field]?.length ?? 0)) return []
  const what = field === 'containers' ? 'containers' : 'initContainers'
  return [forbidden(`spec.${field}`, `pod updates may not add or remove ${what}`)]
}

function deadlineErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const field = 'spec.activeDeadlineSeconds'
  const [next, before] = [spec.activeDeadlineSeconds ?? undefined, old.activeDeadlineSeconds ?? undefined]
  if (before === undefined || next === before) return []
  if (next === undefined) return [invalid(field, null, 'must not update from a positive integer to nil value')]
  return next > before ? [invalid(field, next, `must be less than or equal to previous value`)] : []
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
