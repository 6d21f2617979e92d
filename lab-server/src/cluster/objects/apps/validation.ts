// Rules for Deployments, ReplicaSets and DaemonSets.
import { scaledValue } from '../int-or-string.ts'
import type { FieldError } from '../kind-definition.ts'
import { alwaysRestarts, templateErrors } from '../pod-spec/pod-spec-validation.ts'
import { matchesLabelSelector } from '../selectors.ts'
import type { DaemonSet, Deployment, LabelSelector, PodTemplateSpec, ReplicaSet } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, immutable, invalid, notSupported, required } from '../validation/errors.ts'
import { internalForm } from '../validation/internal-form.ts'
import { isEmptySelector, labelSelectorErrors } from '../validation/metadata.ts'
import { atMostHundredPercent, countOrPercent, nonNegative } from '../validation/numbers.ts'

type DaemonSetSpec = NonNullable<DaemonSet['spec']>

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

/** Rules for a DaemonSet. */
export function daemonSetErrors({ spec = {} as DaemonSetSpec }: DaemonSet): FieldError[] {
  const { selector, template } = spec
  const labels = template?.metadata?.labels
  const errors = labelSelectorErrors('spec.selector', selector)
  if (!matchesLabelSelector(selector, labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'))
  }
  if (selector && isEmptySelector(selector)) {
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'))
  }
  return [
    ...errors,
    ...templateErrors('spec.template', template),
    ...alwaysRestarts('spec.template.spec', template?.spec, 'DaemonSet'),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...daemonStrategyErrors(spec),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ]
}

/** The selector of a workload never changes. */
export function selectorChange({ spec }: { spec?: Workload }, old: { spec?: Workload }): FieldError[] {
  if (semanticallyEqual(spec?.selector, old.spec?.selector)) return []
  return [immutable('spec.selector', spec?.selector)]
}

/** Checks the selector of a workload. */
export function selectorErrors({ selector }: Workload, kind: string): FieldError[] {
  if (!selector) return [required('spec.selector')]
  const errors = labelSelectorErrors('spec.selector', selector)
  if (!isEmptySelector(selector)) return errors
  return [...errors, invalid('spec.selector', selector, `empty selector is invalid for ${kind}`)]
}

/** Checks the template of a workload, and that its labels are those that it selects. */
export function workloadTemplateErrors({ selector, template }: Workload, kind: string): FieldError[] {
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
  if (type !== 'RollingUpdate') {
    const value = internalForm('DeploymentStrategy', strategy)
    return [notSupported(field, value, ['Recreate', 'RollingUpdate'])]
  }
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
  if (type !== 'RollingUpdate') {
    const value = internalForm('DeploymentStrategy', updateStrategy)
    return [notSupported(field, value, ['RollingUpdate', 'OnDelete'])]
  }
  if (!rollingUpdate) return [required(`${field}.rollingUpdate`)]
  const { maxUnavailable, maxSurge } = rollingUpdate
  const at = `${field}.rollingUpdate`
  const errors = [
    ...countOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...countOrPercent(`${at}.maxSurge`, maxSurge),
    ...atMostHundredPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...atMostHundredPercent(`${at}.maxSurge`, maxSurge),
  ]
  const [unavailable, surge] = [scaledValue(maxUnavailable, 100, 'up'), scaledValue(maxSurge, 100, 'up')]
  if (unavailable > 0 && surge > 0) {
    errors.push(invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'))
  } else if (unavailable === 0 && surge === 0) {
    errors.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  }
  return errors
}
