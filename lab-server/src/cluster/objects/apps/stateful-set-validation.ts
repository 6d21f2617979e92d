// Rules for StatefulSets.
import { claimSpecErrors } from '../core/claim-validation.ts'
import { percentOf } from '../int-or-string.ts'
import type { FieldError } from '../kind-definition.ts'
import type { StatefulSet } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { internalForm } from '../validation/internal-form.ts'
import { dnsLabelProblems } from '../validation/names.ts'
import { atMostHundredPercent, countOrPercent, nonNegative } from '../validation/numbers.ts'
import { selectorErrors, workloadTemplateErrors } from './validation.ts'

type Spec = NonNullable<StatefulSet['spec']>

const [ordered, parallel] = ['OrderedReady', 'Parallel']

/** Rules for a StatefulSet. Claims and the name of its Service never change, so that they are checked once. */
export function statefulSetErrors({ spec }: StatefulSet, old?: StatefulSet): FieldError[] {
  if (!spec) return [required('spec.selector')]
  const policy = spec.podManagementPolicy
  const errors: FieldError[] = []
  if (!policy) errors.push(required('spec.podManagementPolicy'))
  else if (policy !== ordered && policy !== parallel) {
    errors.push(invalid('spec.podManagementPolicy', policy, `must be '${ordered}' or '${parallel}'`))
  }
  errors.push(...strategyErrors(spec.updateStrategy), ...retentionErrors(spec))
  if (!old) {
    for (const [i, claim] of (spec.volumeClaimTemplates ?? []).entries()) {
      errors.push(...claimSpecErrors(`spec.volumeClaimTemplates[${i}].spec`, claim.spec))
    }
  }
  errors.push(
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.ordinals.start', spec.ordinals?.start),
  )
  if (!old && spec.serviceName) {
    errors.push(...invalidEach('spec.serviceName', spec.serviceName, dnsLabelProblems(spec.serviceName)))
  }
  errors.push(...selectorErrors(spec, 'statefulset'))
  return [...errors, ...workloadTemplateErrors({ ...spec, template: asCompleted(spec) }, 'StatefulSet')]
}

function strategyErrors(strategy: Spec['updateStrategy']): FieldError[] {
  const { type, rollingUpdate } = strategy ?? {}
  const field = 'spec.updateStrategy'
  if (!type) return [required(field)]
  if (type === 'OnDelete') {
    if (!rollingUpdate) return []
    const value = internalForm('StatefulRollingUpdate', rollingUpdate)
    return [invalid(`${field}.rollingUpdate`, value, "only allowed for updateStrategy 'RollingUpdate'")]
  }
  if (type !== 'RollingUpdate') {
    const value = internalForm('StatefulSetUpdateStrategy', strategy)
    return [invalid(field, value, "must be 'RollingUpdate' or 'OnDelete'")]
  }
  const at = `${field}.rollingUpdate`
  const errors = nonNegative(`${at}.partition`, rollingUpdate?.partition)
  const most = rollingUpdate?.maxUnavailable
  if (most === undefined || most === null) return errors
  errors.push(...countOrPercent(`${at}.maxUnavailable`, most))
  if ((percentOf(most) ?? (Number(most) || 0)) === 0) errors.push(invalid(`${at}.maxUnavailable`, most, 'cannot be 0'))
  return [...errors, ...atMostHundredPercent(`${at}.maxUnavailable`, most)]
}

function retentionErrors({ persistentVolumeClaimRetentionPolicy: policy }: Spec): FieldError[] {
  const known = ['Retain', 'Delete']
  return (['whenDeleted', 'whenScaled'] as const).flatMap((when) => {
    const value = policy?.[when]
    if (!policy || known.includes(value ?? '')) return []
    return [notSupported(`spec.persistentVolumeClaimRetentionPolicy.${when}`, value ?? '', known)]
  })
}

/** The pods' template as the controller completes it: each claim template is a volume that containers may mount. */
function asCompleted({ template, volumeClaimTemplates = [] }: Spec) {
  if (!template?.spec) return template
  const { subdomain, hostname, ...spec } = template.spec
  const names = volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? '')
  const others = (spec.volumes ?? []).filter(({ name }) => !names.includes(name))
  const claimed = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))
  return { ...template, spec: { ...spec, volumes: [...claimed, ...others] } }
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
