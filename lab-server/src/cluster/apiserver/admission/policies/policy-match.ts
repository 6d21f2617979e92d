// Which writes a policy and its bindings are about, and which parameters they come with.
import type { KindTable } from '../../../objects/kind-table.ts'
import { matchesLabelSelector } from '../../../objects/selectors.ts'
import type { KubeObject, LabelSelector, MatchResources } from '../../../objects/types.ts'
import type { Store } from '../../../store/store.ts'
import { parseApiVersion, storageVersionOf } from '../../storage-version.ts'
import { wants } from '../../webhooks/webhook-rules.ts'
import type { AdmissionRequest } from '../chain.ts'

/** A binding, validating or mutating. */
export interface Binding {
  metadata: KubeObject['metadata']
  spec?: {
    policyName?: string
    paramRef?: { name?: string; namespace?: string; selector?: LabelSelector; parameterNotFoundAction?: string }
    matchResources?: MatchResources
    validationActions?: string[]
  }
}

/** Where policies find what they speak of. */
export interface PolicyWorld {
  store: Store
  kinds: KindTable
}

/** True when rules and selectors cover the request; absent rules, as a binding may leave them, cover everything. */
export function covers(match: MatchResources | undefined, request: AdmissionRequest, { store }: PolicyWorld): boolean {
  if (match === undefined) return true
  const labels = namespaceLabels(request, store)
  const isAmong = (rules: MatchResources['resourceRules']) =>
    (rules ?? []).some(({ resourceNames, ...rule }) => {
      const isNamed = !resourceNames?.length || resourceNames.includes(request.name)
      return isNamed && wants({ name: '', clientConfig: {}, rules: [rule] }, request, labels)
    })
  const everything = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*', '*/*'], scope: '*' }]
  const selectors = { namespaceSelector: match.namespaceSelector, objectSelector: match.objectSelector }
  if (!wants({ name: '', clientConfig: {}, rules: everything, ...selectors }, request, labels)) return false
  if (isAmong(match.excludeResourceRules)) return false
  return match.resourceRules === undefined || isAmong(match.resourceRules)
}

/** The Namespace that a request is in, or is about. */
export function namespaceOf({ kind, namespace, object }: AdmissionRequest, store: Store): KubeObject | undefined {
  if (kind.group === '' && kind.kind === 'Namespace') return object
  return namespace === undefined ? undefined : store.find('namespaces', namespace)
}

function namespaceLabels(request: AdmissionRequest, store: Store): Record<string, string> | undefined {
  const namespace = namespaceOf(request, store)
  if (namespace === undefined) return request.namespace === undefined ? undefined : {}
  return namespace.metadata.labels ?? {}
}

/** The parameters that a binding names, each of which the policy is asked with; a text says why there are none to ask with. */
export function paramsOf(
  paramKind: { apiVersion?: string; kind?: string } | undefined,
  { spec }: Binding,
  request: AdmissionRequest,
  { store, kinds }: PolicyWorld,
): (KubeObject | null)[] | string {
  if (paramKind === undefined) return [null]
  const { group } = parseApiVersion(paramKind.apiVersion ?? '')
  const kind = kinds.findByKind(paramKind.kind ?? '', group)
  if (kind === undefined)
    return `failed to find resource referenced by paramKind: '${paramKind.apiVersion}, Kind=${paramKind.kind}'`
  const { paramRef } = spec ?? {}
  if (paramRef === undefined) return [null]
  const namespace = kind.namespaced ? (paramRef.namespace ?? request.namespace) : undefined
  if (kind.namespaced && namespace === undefined)
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources'
  const { bucket, fromStored } = storageVersionOf(kind)
  const found = store
    .list(bucket, namespace === undefined ? '' : `${namespace}/`)
    .filter(({ metadata }) =>
      paramRef.name ? metadata.name === paramRef.name : matchesLabelSelector(paramRef.selector, metadata.labels ?? {}),
    )
  if (found.length > 0) return found.map(fromStored)
  return paramRef.parameterNotFoundAction === 'Allow'
    ? []
    : 'no params found for policy binding with `Deny` parameterNotFoundAction'
}
