// Rules for what a pod asks for as a whole. Containers, volumes and the rest have files of their own.
import type { FieldError } from '../kind-definition.ts'
import type { Pod, PodSpec, PodTemplateSpec } from '../types.ts'
import { requiredChoice } from '../validation/choices.ts'
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { annotationErrors, labelErrors } from '../validation/metadata.ts'
import { dnsLabelProblems, dnsSubdomainProblems, labelKeyProblems } from '../validation/names.ts'
import { nonNegativeQuantity } from '../validation/numbers.ts'
import { affinityErrors } from './affinity-validation.ts'
import { hostNetworkErrors } from './container-port-validation.ts'
import { containerErrors, imageTextErrors } from './container-validation.ts'
import { dnsConfigErrors, hostAliasErrors } from './pod-network-validation.ts'
import { containerResourceNameErrors } from './resource-validation.ts'
import { hostUsersErrors, podSecurityErrors } from './security-validation.ts'
import { spreadErrors } from './spread-validation.ts'
import { tolerationErrors } from './toleration-validation.ts'
import { checkVolumes } from './volume-validation.ts'

const restartPolicies = ['Always', 'OnFailure', 'Never']
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const preemptionPolicies = ['PreemptLowerPriority', 'Never']

/** Checks a pod template: its labels, annotations and spec. */
export function templateErrors(field: string, template: PodTemplateSpec | null | undefined): FieldError[] {
  return [
    ...labelErrors(`${field}.labels`, template?.metadata?.labels),
    ...annotationErrors(`${field}.annotations`, template?.metadata?.annotations),
    ...podSpecErrors(`${field}.spec`, template?.spec ?? { containers: [] }),
  ]
}

/** Checks a pod, which is held to a little more than a template. */
export function podErrors({ metadata, spec = { containers: [] } }: Pod): FieldError[] {
  const errors = podSpecErrors('spec', spec, { podName: metadata.name ?? '' })
  return [...errors, ...imageTextErrors('spec', spec)]
}

/** Checks a pod spec; `pod` is there for the spec of a pod, not for a template's. */
export function podSpecErrors(field: string, spec: PodSpec, pod?: { podName: string }): FieldError[] {
  const { errors, usable } = checkVolumes(`${field}.volumes`, spec.volumes, pod?.podName)
  errors.push(
    ...containerErrors(field, spec, usable),
    ...hostNetworkErrors(field, spec, { isPod: pod !== undefined }),
    ...requiredChoice(`${field}.restartPolicy`, spec.restartPolicy, restartPolicies),
    ...oneOf(`${field}.dnsPolicy`, spec.dnsPolicy, dnsPolicies),
    ...labelErrors(`${field}.nodeSelector`, spec.nodeSelector),
    ...podSecurityErrors(`${field}.securityContext`, spec),
    ...affinityErrors(`${field}.affinity`, spec.affinity),
    ...dnsConfigErrors(`${field}.dnsConfig`, spec),
  )
  for (const [i, { conditionType = '' }] of (spec.readinessGates ?? []).entries()) {
    const problems = labelKeyProblems(conditionType)
    errors.push(...invalidEach(`${field}.readinessGates[${i}].conditionType`, conditionType, problems))
  }
  for (const [i, { name = '' }] of (spec.schedulingGates ?? []).entries()) {
    const at = `${field}.schedulingGates[${i}]`
    errors.push(...invalidEach(at, name, labelKeyProblems(name)))
    if (spec.schedulingGates?.findIndex((gate) => gate.name === name) !== i) errors.push(duplicate(at, name))
  }
  errors.push(...spreadErrors(`${field}.topologySpreadConstraints`, spec.topologySpreadConstraints))
  errors.push(...hostUsersErrors(field, spec))
  for (const name of ['serviceAccountName', 'nodeName'] as const) {
    const value = spec[name]
    if (value) errors.push(...invalidEach(`${field}.${name}`, value, dnsSubdomainProblems(value)))
  }
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && deadline !== null && (deadline < 1 || deadline > 2_147_483_647)) {
    const rule = 'must be between 1 and 2147483647, inclusive'
    errors.push(invalid(`${field}.activeDeadlineSeconds`, deadline, rule))
  }
  for (const name of ['hostname', 'subdomain'] as const) {
    const value = spec[name]
    if (value) errors.push(...invalidEach(`${field}.${name}`, value, dnsLabelProblems(value)))
  }
  errors.push(...tolerationErrors(`${field}.tolerations`, spec.tolerations))
  errors.push(...hostAliasErrors(`${field}.hostAliases`, spec.hostAliases))
  for (const name of ['priorityClassName', 'runtimeClassName'] as const) {
    const value = spec[name]
    if (value) errors.push(...invalidEach(`${field}.${name}`, value, dnsSubdomainProblems(value)))
  }
  errors.push(...oneOf(`${field}.preemptionPolicy`, spec.preemptionPolicy, preemptionPolicies))
  return [...errors, ...overheadErrors(`${field}.overhead`, spec.overhead), ...osErrors(`${field}.os`, spec.os)]
}

function oneOf(field: string, value: string | undefined, known: string[]): FieldError[] {
  return value === undefined ? [] : requiredChoice(field, value, known)
}

function overheadErrors(field: string, overhead: PodSpec['overhead']): FieldError[] {
  return Object.entries(overhead ?? {}).flatMap(([name, amount]) => [
    ...containerResourceNameErrors(`${field}.limits[${name}]`, name),
    ...nonNegativeQuantity(`${field}.limits[${name}]`, amount),
  ])
}

function osErrors(field: string, os: PodSpec['os']): FieldError[] {
  if (!os) return []
  if (!os.name) return [required(`${field}.name`, 'cannot be empty')]
  return oneOf(field, os.name, ['linux', 'windows'])
}

/** Checks that the template of a workload that runs for ever says so. */
export function alwaysRestarts(field: string, spec: PodSpec | null | undefined, kind: string): FieldError[] {
  const errors: FieldError[] = []
  if (spec?.restartPolicy && spec.restartPolicy !== 'Always') {
    errors.push(notSupported(`${field}.restartPolicy`, spec.restartPolicy, ['Always']))
  }
  if (spec?.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds !== null) {
    errors.push(forbidden(`${field}.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`))
  }
  return errors
}
