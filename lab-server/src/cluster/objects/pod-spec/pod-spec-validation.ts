// Rules for what a pod asks for as a whole. Containers and volumes have files of their own.
import { isIP } from 'node:net'
import type { FieldError } from '../kind-definition.ts'
import type { PodSpec, PodTemplateSpec } from '../types.ts'
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { annotationErrors, labelErrors, labelSelectorErrors } from '../validation/metadata.ts'
import { dnsLabelProblems, dnsSubdomainProblems, labelKeyProblems } from '../validation/names.ts'
import { affinityErrors } from './affinity-validation.ts'
import { containerErrors } from './container-validation.ts'
import { volumeErrors } from './volume-validation.ts'

const restartPolicies = ['Always', 'OnFailure', 'Never']
const addressRule = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']

/** Checks a pod template: its labels, annotations and spec. */
export function templateErrors(field: string, template: PodTemplateSpec | null | undefined): FieldError[] {
  return [
    ...labelErrors(`${field}.metadata.labels`, template?.metadata?.labels),
    ...annotationErrors(`${field}.metadata.annotations`, template?.metadata?.annotations),
    ...podSpecErrors(`${field}.spec`, template?.spec ?? { containers: [] }),
  ]
}

/** Checks a pod spec. */
export function podSpecErrors(field: string, spec: PodSpec): FieldError[] {
  const errors = [...volumeErrors(`${field}.volumes`, spec.volumes), ...containerErrors(field, spec)]
  if (!spec.restartPolicy) errors.push(required(`${field}.restartPolicy`))
  else if (!restartPolicies.includes(spec.restartPolicy)) {
    errors.push(notSupported(`${field}.restartPolicy`, spec.restartPolicy, restartPolicies))
  }
  if (spec.dnsPolicy && !dnsPolicies.includes(spec.dnsPolicy)) {
    errors.push(notSupported(`${field}.dnsPolicy`, spec.dnsPolicy, dnsPolicies))
  }
  errors.push(...labelErrors(`${field}.nodeSelector`, spec.nodeSelector))
  errors.push(...affinityErrors(`${field}.affinity`, spec.affinity))
  errors.push(...dnsConfigErrors(field, spec), ...spreadErrors(`${field}.topologySpreadConstraints`, spec))
  if (spec.serviceAccountName) {
    errors.push(
      ...invalidEach(
        `${field}.serviceAccountName`,
        spec.serviceAccountName,
        dnsSubdomainProblems(spec.serviceAccountName),
      ),
    )
  }
  if (spec.nodeName)
    errors.push(...invalidEach(`${field}.nodeName`, spec.nodeName, dnsSubdomainProblems(spec.nodeName)))
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
  if (spec.priorityClassName) {
    const problems = dnsSubdomainProblems(spec.priorityClassName)
    errors.push(...invalidEach(`${field}.priorityClassName`, spec.priorityClassName, problems))
  }
  return errors
}

function hostAliasErrors(field: string, aliases: PodSpec['hostAliases']): FieldError[] {
  return (aliases ?? []).flatMap(({ ip, hostnames }, i) => {
    const at = `${field}[${i}]`
    const errors = isIP(ip) === 0 ? [invalid(`${at}.ip`, ip, addressRule)] : []
    const names = (hostnames ?? []).flatMap((name) => invalidEach(`${at}.hostnames`, name, dnsSubdomainProblems(name)))
    return [...errors, ...names]
  })
}

function dnsConfigErrors(field: string, { dnsPolicy, dnsConfig }: PodSpec): FieldError[] {
  const at = `${field}.dnsConfig`
  const servers = dnsConfig?.nameservers ?? []
  if (dnsPolicy === 'None' && !dnsConfig) {
    return [required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')]
  }
  if (dnsPolicy === 'None' && servers.length === 0) {
    return [required(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
  }
  const errors = servers.flatMap((server, i) => {
    return isIP(server) === 0 ? [invalid(`${at}.nameservers[${i}]`, server, addressRule)] : []
  })
  if (servers.length > 3) errors.push(invalid(`${at}.nameservers`, servers, 'must not have more than 3 nameservers'))
  return errors
}

function spreadErrors(field: string, { topologySpreadConstraints }: PodSpec): FieldError[] {
  return (topologySpreadConstraints ?? []).flatMap(({ maxSkew, topologyKey, whenUnsatisfiable, labelSelector }, i) => {
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    if (!(maxSkew > 0)) errors.push(invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero'))
    if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'))
    const known = ['DoNotSchedule', 'ScheduleAnyway']
    if (!known.includes(whenUnsatisfiable)) {
      errors.push(notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, known))
    }
    return [...errors, ...labelSelectorErrors(`${at}.labelSelector`, labelSelector)]
  })
}

function tolerationErrors(field: string, tolerations: PodSpec['tolerations']): FieldError[] {
  return (tolerations ?? []).flatMap(({ key, operator, value, effect, tolerationSeconds }, i) => {
    const at = `${field}[${i}]`
    const errors = key ? invalidEach(`${at}.key`, key, labelKeyProblems(key)) : []
    if (!key && operator !== 'Exists') {
      const rule = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.push(invalid(`${at}.operator`, operator ?? '', rule))
    }
    if (tolerationSeconds !== undefined && tolerationSeconds !== null && effect !== 'NoExecute') {
      errors.push(invalid(`${at}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    }
    if (operator === 'Exists' && value) {
      // The path is upstream's.
      errors.push(invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"))
    } else if (operator && operator !== 'Exists' && operator !== 'Equal') {
      errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']))
    }
    const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
    if (effect && !effects.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, effects))
    return errors
  })
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
