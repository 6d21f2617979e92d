// Rules for the kinds of apps/v1.
import { scaledValue } from '../int-or-string.ts'
import type { FieldError } from '../kind-definition.ts'
import { alwaysRestarts, templateErrors } from '../pod-spec/pod-spec-validation.ts'
import { matchesLabelSelector } from '../selectors.ts'
import type { DaemonSet, Deployment, LabelSelector, PodTemplateSpec, ReplicaSet, StatefulSet } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, immutable, invalid, notSupported, required } from '../validation/errors.ts'
import { isEmptySelector, labelSelectorErrors } from '../validation/metadata.ts'
import { atMostHundredPercent, countOrPercent, nonNegative } from '../validation/numbers.ts'

interface Workload {
  selector?: LabelSelector
  template?: PodTemplateSpec
}

/** Rules for a Deployment. */
export function deploymentErrors({ spec }: Deployment): FieldError[] {
  if (!spec) return [required('spec.selector')]
  const errors = [
    ...nonNegative('spec.replicas', spec.replicas),
    ...selectorErrors(spec, 'deployment'),
    ...workloadTemplateErrors(spec, 'ReplicaSet'),
    ...deploymentStrategyErrors(spec),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ]
  const { progressDeadlineSeconds: deadline, minReadySeconds = 0 } = spec
  if (deadline === undefined || deadline === null) return errors
  errors.push(...nonNegative('spec.progressDeadlineSeconds', deadline))
  if (deadline <= minReadySeconds) {
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'))
  }
  return errors
}

/** Rules for a ReplicaSet. */
export function replicaSetErrors({ spec }: ReplicaSet): FieldError[] {
  if (!spec) return [required('spec.selector')]
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...selectorErrors(spec, 'deployment'),
    ...workloadTemplateErrors(spec, 'ReplicaSet'),
  ]
}

/** Rules for a StatefulSet. */
export function statefulSetErrors({ spec }: StatefulSet): FieldError[] {
  if (!spec) return [required('spec.selector')]
  const errors: FieldError[] = []
  const policies = ['OrderedReady', 'Parallel']
  if (!policies.includes(spec.podManagementPolicy ?? '')) {
    errors.push(
      invalid('spec.podManagementPolicy', spec.podManagementPolicy, `must be '${policies[0]}' or '${policies[1]}'`),
    )
  }
  const { type, rollingUpdate } = spec.updateStrategy ?? {}
  if (type === 'OnDelete' && rollingUpdate) {
    const rule = "only allowed for updateStrategy 'RollingUpdate'"
    errors.push(invalid('spec.updateStrategy.rollingUpdate', rollingUpdate, rule))
  } else if (type !== 'OnDelete' && type !== 'RollingUpdate') {
    errors.push(invalid('spec.updateStrategy', spec.updateStrategy, "must be 'RollingUpdate' or 'OnDelete'"))
  }
  errors.push(
    ...nonNegative('spec.updateStrategy.rollingUpdate.partition', rollingUpdate?.partition),
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...selectorErrors(spec, 'statefulset'),
  )
  return [...errors, ...workloadTemplateErrors({ ...spec, template: withClaims(spec) }, 'StatefulSet')]
}

/** The pods' template as the controller completes it: each claim template is a volume that containers may mount. */
function withClaims({ template, volumeClaimTemplates = [] }: NonNullable<StatefulSet['spec']>) {
  if (!template?.spec || volumeClaimTemplates.length === 0) return template
  const names = volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? '')
  const others = (template.spec.volumes ?? []).filter(({ name }) => !names.includes(name))
  const claimed = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))
  return { ...template, spec: { ...template.spec, volumes: [...others, ...claimed] } }
}

/** Rules for a DaemonSet. */
export function daemonSetErrors({ spec }: DaemonSet): FieldError[] {
  if (!spec) return [required('spec.selector')]
  return [
    ...selectorErrors(spec, 'daemonset'),
    ...workloadTemplateErrors(spec, 'DaemonSet'),
    ...daemonStrategyErrors(spec),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ]
}

/** The selector of a workload never changes. */
export function selectorChange({ spec }: { spec?: Workload }, old: { spec?: Workload }): FieldError[] {
  if (semanticallyEqual(spec?.selector, old.spec?.selector)) return []
  return [immutable('spec.selector', spec?.selector)]
}

/** Most of a StatefulSet never changes. */
export function statefulSetChange({ spec }: StatefulSet, old: StatefulSet): FieldError[] {
  const fixed = (given: StatefulSet['spec']) => {
    const {
      replicas,
      template,
      updateStrategy,
      minReadySeconds,
      ordinals,
      revisionHistoryLimit,
      persistentVolumeClaimRetentionPolicy,
      ...rest
    } = given ?? ({} as NonNullable<StatefulSet['spec']>)
    return rest
  }
  if (semanticallyEqual(fixed(spec), fixed(old.spec))) return []
  const allowed =
    "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'"
  return [forbidden('spec', `updates to statefulset spec for fields other than ${allowed} are forbidden`)]
}

function selectorErrors({ selector }: Workload, kind: string): FieldError[] {
  if (!selector) return [required('spec.selector')]
  const errors = labelSelectorErrors('spec.selector', selector)
  if (!isEmptySelector(selector)) return errors
  return [...errors, invalid('spec.selector', selector, `empty selector is invalid for ${kind}`)]
}

function workloadTemplateErrors({ selector, template }: Workload, kind: string): FieldError[] {
  const labels = template?.metadata?.labels
  const errors: FieldError[] = []
  if (!isMatching(selector, labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'))
  }
  errors.push(...templateErrors('spec.template', template))
  return [...errors, ...alwaysRestarts('spec.template.spec', template?.spec, kind)]
}

function isMatching(selector: LabelSelector | undefined, labels: Record<string, string> | undefined): boolean {
  if (selector && isEmptySelector(selector)) return true
  return matchesLabelSelector(selector, labels)
}

function deploymentStrategyErrors({ strategy }: NonNullable<Deployment['spec']>): FieldError[] {
  const { type, rollingUpdate } = strategy ?? {}
  const field = 'spec.strategy'
  if (type === 'Recreate') {
    if (!rollingUpdate) return []
    return [forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
  }
  if (type !== 'RollingUpdate') return [notSupported(`${field}.type`, type, ['Recreate', 'RollingUpdate'])]
  if (!rollingUpdate) return [required(`${field}.rollingUpdate`, 'this should be defaulted and never be nil')]
  const { maxUnavailable, maxSurge } = rollingUpdate
  const errors = [
    ...countOrPercent(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable),
    ...countOrPercent(`${field}.rollingUpdate.maxSurge`, maxSurge),
  ]
  if (scaledValue(maxUnavailable, 100, 'down') === 0 && scaledValue(maxSurge, 100, 'up') === 0) {
    const rule = 'may not be 0 when `maxSurge` is 0'
    errors.push(invalid(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable, rule))
  }
  return [...errors, ...atMostHundredPercent(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable)]
}

function daemonStrategyErrors({ updateStrategy }: NonNullable<DaemonSet['spec']>): FieldError[] {
  const { type, rollingUpdate } = updateStrategy ?? {}
  const field = 'spec.updateStrategy'
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') return [notSupported(`${field}.type`, type, ['RollingUpdate', 'OnDelete'])]
  if (!rollingUpdate) return [required(`${field}.rollingUpdate`)]
  const { maxUnavailable, maxSurge } = rollingUpdate
  const at = `${field}.rollingUpdate`
  const errors = [
    ...countOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...countOrPercent(`${at}.maxSurge`, maxSurge),
  ]
  const [unavailable, surge] = [scaledValue(maxUnavailable, 100, 'up'), scaledValue(maxSurge, 100, 'up')]
  if (unavailable > 0 && surge > 0) {
    errors.push(invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'))
  } else if (unavailable === 0 && surge === 0) {
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, 'cannot be 0 when maxSurge is 0'))
  }
  return errors
}
