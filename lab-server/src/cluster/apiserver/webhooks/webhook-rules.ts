// Which webhooks want to hear of a write. Pure.

import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { LabelSelector } from '../../objects/types.ts'
import type { AdmissionRequest } from '../admission/chain.ts'

/** One webhook of a configuration, mutating or validating. */
export interface Webhook {
  name: string
  clientConfig: {
    url?: string
    caBundle?: string
    service?: { namespace: string; name: string; path?: string; port?: number }
  }
  rules?: {
    operations?: string[]
    apiGroups?: string[]
    apiVersions?: string[]
    resources?: string[]
    scope?: string
  }[]
  failurePolicy?: 'Fail' | 'Ignore'
  namespaceSelector?: LabelSelector
  objectSelector?: LabelSelector
  timeoutSeconds?: number
}

/** True when a webhook's rules and selectors cover the request. `namespaceLabels` are those of its namespace. */
export function wants(
  webhook: Webhook,
  request: AdmissionRequest,
  namespaceLabels: Record<string, string> | undefined,
): boolean {
  // Nobody could ever repair a webhook that guards webhooks.
  if (request.kind.group === 'admissionregistration.k8s.io') return false
  const { namespaceSelector, objectSelector } = webhook
  if (namespaceSelector && namespaceLabels && !matchesLabelSelector(namespaceSelector, namespaceLabels)) return false
  if (objectSelector && !matchesObject(objectSelector, request)) return false
  return (webhook.rules ?? []).some((rule) => ruleCovers(rule, request))
}

function matchesObject(selector: LabelSelector, { object, old }: AdmissionRequest): boolean {
  return [object, old].some(
    (state) => state !== undefined && matchesLabelSelector(selector, state.metadata.labels ?? {}),
  )
}

function ruleCovers(
  rule: NonNullable<Webhook['rules']>[number],
  { operation, kind, subresource }: AdmissionRequest,
): boolean {
  const has = (values: string[] | undefined, value: string) =>
    values?.includes('*') === true || values?.includes(value) === true
  if (!has(rule.operations, operation)) return false
  if (!has(rule.apiGroups, kind.group) || !has(rule.apiVersions, kind.version)) return false
  if (rule.scope === 'Namespaced' && !kind.namespaced) return false
  if (rule.scope === 'Cluster' && kind.namespaced) return false
  return (rule.resources ?? []).some((pattern) => {
    const [resource, part] = pattern.split('/')
    if (resource !== '*' && resource !== kind.plural) return false
    if (pattern === '*/*') return true
    return part === '*' ? true : part === subresource
  })
}
