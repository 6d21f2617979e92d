import type { FieldError } from '../../objects/kind-definition.ts'
import type { KubeObject, Namespace, Pod, PodSpec } from '../../objects/types.ts'
import { jsonEqual } from '../../store/frozen-json.ts'
import type { Store } from '../../store/store.ts'
import { forbidden, invalid } from '../errors.ts'
import type { AdmissionRequest, AdmissionStep } from './chain.ts'
import { formatViolations, type Level, podViolations } from './pod-security-checks.ts'

type Mode = 'enforce' | 'warn'

const levels = ['privileged', 'baseline', 'restricted']

interface Policy {
  level: Level
  version: string
}

/** Holds pods to the Pod Security level of their namespace, and warns about workloads whose pods would break it. */
export function podSecurity({ store }: { store: Store }): AdmissionStep {
  return {
    name: 'PodSecurity',
    validate(request) {
      const { operation, kind, subresource } = request
      if (operation === 'DELETE' || (subresource !== undefined && subresource !== 'ephemeralcontainers')) return
      if (kind.group === '' && kind.kind === 'Namespace') {
        checkLabels(request)
        warnAboutPods(request)
      } else if (kind.group === '' && kind.kind === 'Pod') checkPod(request)
      else checkTemplate(request)
    },
  }

  function policyOf(namespace: string | undefined, mode: Mode): Policy {
    const found = store.find('namespaces', namespace ?? '') as unknown as Namespace | undefined
    return policyFrom(found?.metadata.labels, mode)
  }

  function checkPod({ kind, name, namespace, object, old, context }: AdmissionRequest): void {
    const { spec } = object as unknown as Pod
    if (spec === undefined || (old && jsonEqual(spec, old.spec))) return
    const enforced = policyOf(namespace, 'enforce')
    const violations = podViolations(spec, enforced.level)
    if (violations.length > 0) {
      throw forbidden(kind, name, `violates PodSecurity ${titleOf(enforced)}: ${formatViolations(violations)}`)
    }
    warn(spec, policyOf(namespace, 'warn'), context.warn)
  }

  function checkTemplate({ namespace, object, old, context }: AdmissionRequest): void {
    const spec = templateSpec(object)
    if (namespace === undefined || spec === undefined || (old && jsonEqual(spec, templateSpec(old)))) return
    warn(spec, policyOf(namespace, 'warn'), context.warn)
  }

  /** A namespace that becomes stricter says which of its pods would no longer be let in. */
  function warnAboutPods({ name, object, old, context }: AdmissionRequest): void {
    const policy = policyFrom(object.metadata.labels, 'enforce')
    if (old === undefined || jsonEqual(policy, policyFrom(old.metadata.labels, 'enforce'))) return
    const byReasons = new Map<string, string[]>()
    for (const pod of store.list('pods', `${name}/`) as unknown as Pod[]) {
      const violations = pod.spec ? podViolations(pod.spec, policy.level) : []
      if (violations.length === 0) continue
      const reasons = violations.map(({ reason }) => reason).join(', ')
      byReasons.set(reasons, [...(byReasons.get(reasons) ?? []), pod.metadata.name ?? ''])
    }
    if (byReasons.size === 0) return
    context.warn(
      `existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level ${titleOf(policy)}`,
    )
    for (const [reasons, [first, ...others]] of byReasons) {
      const more = others.length === 0 ? '' : ` (and ${others.length} other pod${others.length > 1 ? 's' : ''})`
      context.warn(`${first}${more}: ${reasons}`)
    }
  }
}

/** A namespace may not come to name a level that does not exist. */
function checkLabels({ kind, name, object, old }: AdmissionRequest): void {
  const errors = ['enforce', 'audit', 'warn'].flatMap((mode): FieldError[] => {
    const label = `pod-security.kubernetes.io/${mode}`
    const level = object.metadata.labels?.[label]
    if (level === undefined || levels.includes(level) || level === old?.metadata.labels?.[label]) return []
    const message = `Invalid value: ${JSON.stringify(level)}: must be one of ${levels.join(', ')}`
    return [{ field: `metadata.labels[${label}]`, type: 'FieldValueInvalid', message }]
  })
  if (errors.length > 0) throw invalid(kind, name, errors)
}

function warn(spec: PodSpec, policy: Policy, send: (message: string) => void): void {
  const violations = podViolations(spec, policy.level)
  if (violations.length > 0) send(`would violate PodSecurity ${titleOf(policy)}: ${formatViolations(violations)}`)
}

function titleOf({ level, version }: Policy): string {
  return `"${level}:${version}"`
}

function policyFrom(labels: Record<string, string> | undefined, mode: Mode): Policy {
  const level = labels?.[`pod-security.kubernetes.io/${mode}`]
  const version = labels?.[`pod-security.kubernetes.io/${mode}-version`] ?? 'latest'
  const isKnown = level === 'baseline' || level === 'restricted' || level === 'privileged'
  return { level: isKnown ? level : 'privileged', version }
}

interface Templated {
  template?: { spec?: PodSpec }
  jobTemplate?: { spec?: { template?: { spec?: PodSpec } } }
}

function templateSpec(object: KubeObject): PodSpec | undefined {
  const { template, jobTemplate } = (object.spec ?? {}) as Templated
  const spec = template?.spec ?? jobTemplate?.spec?.template?.spec
  return Array.isArray(spec?.containers) ? spec : undefined
}
