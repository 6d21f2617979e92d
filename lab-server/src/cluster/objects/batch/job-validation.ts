// Rules for Jobs.
import type { FieldError } from '../kind-definition.ts'
import { templateErrors } from '../pod-spec/pod-spec-validation.ts'
import { matchesLabelSelector } from '../selectors.ts'
import type { Job } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { immutable, invalid, notSupported, required } from '../validation/errors.ts'
import { internalForm, internalTemplate } from '../validation/internal-form.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import { dnsLabelProblems } from '../validation/names.ts'
import { nonNegative } from '../validation/numbers.ts'
import { domainPrefixedPathErrors } from '../validation/prefixed-path.ts'
import { failurePolicyErrors, successPolicyErrors } from './job-policy-validation.ts'

type JobSpec = NonNullable<Job['spec']>

const completionModes = ['NonIndexed', 'Indexed']
const mostIndexes = 100_000
/** What never changes of a Job, and the type of it that messages print. */
const fixedFields = [
  ['completionMode'],
  ['podFailurePolicy', 'PodFailurePolicy'],
  ['backoffLimitPerIndex'],
  ['managedBy'],
  ['successPolicy', 'SuccessPolicy'],
] as const

/** Rules for a Job. */
export function jobErrors({ metadata, spec }: Job, old?: Job): FieldError[] {
  if (!spec) return [required('spec.template')]
  const errors = old ? [] : generatedSelectorErrors({ metadata, spec })
  errors.push(...jobSpecErrors('spec', spec))
  const labels = spec.template?.metadata?.labels
  if (!spec.selector) errors.push(required('spec.selector'))
  else errors.push(...labelSelectorErrors('spec.selector', spec.selector))
  if (!matchesLabelSelector(spec.selector, labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'))
  }
  if (old || spec.completionMode !== 'Indexed' || !spec.completions || spec.completions < 0) return errors
  const hostname = `${metadata.name}-${spec.completions - 1}`
  if (dnsLabelProblems(hostname).length === 0) return errors
  const rule = `will not able to create pod with invalid DNS label: ${hostname}`
  return [...errors, invalid('metadata.name', metadata.name, rule)]
}

/** Without `manualSelector`, a Job chooses by labels that the server gives, and by no others. */
function generatedSelectorErrors({ metadata, spec }: Pick<Job, 'metadata' | 'spec'>): FieldError[] {
  if (!spec || spec.manualSelector || !spec.selector) return []
  const { name = '', uid = '' } = metadata
  const [owner, job] = [
    { 'controller-uid': uid, 'batch.kubernetes.io/controller-uid': uid },
    { 'job-name': name, 'batch.kubernetes.io/job-name': name },
  ]
  const labels = spec.template?.metadata?.labels ?? {}
  const expected: Record<string, string> = { ...owner, ...job }
  const order = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name']
  const errors = order.flatMap((key) => labelValueErrors('spec.template.metadata', labels, key, expected[key] ?? ''))
  if (matchesLabelSelector(spec.selector, expected)) return errors
  return [...errors, invalid('spec.selector', spec.selector, '`selector` not auto-generated')]
}

function labelValueErrors(field: string, labels: Record<string, string>, key: string, expected: string): FieldError[] {
  const value = labels[key]
  if (value === undefined) return [required(`${field}.labels[${key}]`, `must be '${expected}'`)]
  if (value === expected) return []
  return [invalid(`${field}.labels[${key}]`, labels, `must be '${expected}'`)]
}

/** What of a Job never changes. */
export function jobChange({ spec }: Job, old: Job): FieldError[] {
  if (!spec || !old.spec) return []
  const errors: FieldError[] = []
  const { completions, parallelism } = spec
  if (completions !== old.spec.completions) {
    if (spec.completionMode !== 'Indexed') errors.push(immutable('spec.completions', completions))
    else if (completions !== undefined && completions !== parallelism) {
      errors.push(invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism'))
    }
  }
  if (!semanticallyEqual(spec.selector, old.spec.selector)) errors.push(immutable('spec.selector', spec.selector))
  if (!semanticallyEqual(fixedTemplate(spec, old), old.spec.template)) {
    errors.push(immutable('spec.template', internalTemplate(spec.template)))
  }
  for (const [field, type] of fixedFields) {
    if (semanticallyEqual(spec[field], old.spec[field])) continue
    errors.push(immutable(`spec.${field}`, type && spec[field] ? internalForm(type, spec[field]) : spec[field]))
  }
  return errors
}

/** Rules for what a Job does, also where a CronJob makes it of a template. */
export function jobSpecErrors(field: string, spec: JobSpec | undefined): FieldError[] {
  if (!spec) return templateErrors(`${field}.template`, undefined)
  const errors = [
    ...nonNegative(`${field}.parallelism`, spec.parallelism),
    ...nonNegative(`${field}.completions`, spec.completions),
    ...nonNegative(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...nonNegative(`${field}.backoffLimit`, spec.backoffLimit),
    ...nonNegative(`${field}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished),
    ...nonNegative(`${field}.backoffLimitPerIndex`, spec.backoffLimitPerIndex),
    ...nonNegative(`${field}.maxFailedIndexes`, spec.maxFailedIndexes),
  ]
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'))
  }
  if (spec.managedBy !== undefined) errors.push(...domainPrefixedPathErrors(`${field}.managedBy`, spec.managedBy))
  const { completionMode = 'NonIndexed' } = spec
  if (!completionModes.includes(completionMode)) {
    errors.push(notSupported(`${field}.completionMode`, completionMode, completionModes))
  }
  if (completionMode === 'Indexed') errors.push(...indexedErrors(field, spec))
  if (completionMode === 'NonIndexed') errors.push(...notIndexedErrors(field, spec))
  if (spec.podFailurePolicy) errors.push(...failurePolicyErrors(`${field}.podFailurePolicy`, spec))
  if (spec.successPolicy && completionMode !== 'Indexed') {
    const value = internalForm('SuccessPolicy', spec.successPolicy)
    errors.push(invalid(`${field}.successPolicy`, value, 'requires indexed completion mode'))
  } else if (spec.successPolicy) errors.push(...successPolicyErrors(`${field}.successPolicy`, spec))
  errors.push(...replacementErrors(`${field}.podReplacementPolicy`, spec))
  errors.push(...templateErrors(`${field}.template`, spec.template))
  return [...errors, ...restartErrors(`${field}.template.spec.restartPolicy`, spec)]
}

function indexedErrors(field: string, { completions, parallelism, maxFailedIndexes }: JobSpec): FieldError[] {
  const errors: FieldError[] = []
  if (completions === undefined || completions === null) {
    errors.push(required(`${field}.completions`, 'when completion mode is Indexed'))
  }
  if (parallelism !== undefined && parallelism > mostIndexes) {
    const rule = `must be less than or equal to ${mostIndexes} when completion mode is Indexed`
    errors.push(invalid(`${field}.parallelism`, parallelism, rule))
  }
  if (maxFailedIndexes === undefined) return errors
  const at = `${field}.maxFailedIndexes`
  if (completions !== undefined && maxFailedIndexes > completions) {
    errors.push(invalid(at, maxFailedIndexes, 'must be less than or equal to completions'))
  }
  if (maxFailedIndexes <= mostIndexes) return errors
  return [...errors, invalid(at, maxFailedIndexes, `must be less than or equal to ${mostIndexes}`)]
}

function notIndexedErrors(field: string, spec: JobSpec): FieldError[] {
  const fields = ['backoffLimitPerIndex', 'maxFailedIndexes'] as const
  return fields
    .filter((name) => spec[name] !== undefined)
    .map((name) => invalid(`${field}.${name}`, spec[name], 'requires indexed completion mode'))
}

function replacementErrors(field: string, { podReplacementPolicy: policy, podFailurePolicy }: JobSpec): FieldError[] {
  const known = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  return policy === undefined || known.includes(policy) ? [] : [notSupported(field, policy, known)]
}

function restartErrors(field: string, { template, podFailurePolicy }: JobSpec): FieldError[] {
  const policy = template?.spec?.restartPolicy
  if (!policy || policy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(field, policy, ['OnFailure', 'Never'])]
  if (!podFailurePolicy || policy === 'Never') return []
  return [invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
}

/** A Job that is suspended and has not started may still be told where to run. */
function fixedTemplate(spec: JobSpec, old: Job): JobSpec['template'] {
  const mayMove = old.spec?.suspend && !old.status?.startTime
  const before = old.spec?.template
  if (!mayMove || !spec.template.spec || !before?.spec) return spec.template
  const { nodeSelector, affinity, tolerations, schedulingGates } = before.spec
  return {
    metadata: { ...spec.template.metadata, labels: before.metadata?.labels, annotations: before.metadata?.annotations },
    spec: { ...spec.template.spec, nodeSelector, affinity, tolerations, schedulingGates },
  }
}
