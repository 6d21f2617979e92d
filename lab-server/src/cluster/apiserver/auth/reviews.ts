// The questions that clients may ask about identities and permissions: answered on the spot, never stored.
import { formatTime } from '../../clock.ts'
import type { KubeObject, ServiceAccount } from '../../objects/types.ts'
import { badRequest, invalid, notFound } from '../errors.ts'
import type { RegistryCore } from '../registry-core.ts'
import type { UserInfo } from '../request-context.ts'
import type { AccessAttributes, PolicyRule } from './policy-rule.ts'
import type { Rbac } from './rbac.ts'
import { type TokenBinding, type Tokens, tokenIssuer } from './tokens.ts'

/** What answering needs. */
export interface ReviewOptions {
  rbac: Rbac
  tokens: Tokens
  core: RegistryCore
}

interface ResourceAttributes {
  namespace?: string
  verb?: string
  group?: string
  version?: string
  resource?: string
  subresource?: string
  name?: string
}

interface AccessSpec {
  resourceAttributes?: ResourceAttributes
  nonResourceAttributes?: { path?: string; verb?: string }
  user?: string
  groups?: string[]
  uid?: string
  extra?: Record<string, string[]>
}

/** Fills in the status of a review. `namespace` is the path's, for local reviews. */
export function answerReview(
  review: KubeObject,
  { user, namespace, options }: { user: UserInfo; namespace?: string; options: ReviewOptions },
): KubeObject {
  const { rbac, tokens } = options
  switch (review.kind) {
    case 'SelfSubjectReview':
      return { ...review, status: { userInfo: userInfo(user) } }
    case 'SelfSubjectAccessReview':
      return { ...review, status: accessStatus(rbac, user, review.spec as AccessSpec, review.kind) }
    case 'SubjectAccessReview':
      return { ...review, status: accessStatus(rbac, subjectOf(review), review.spec as AccessSpec, review.kind) }
    case 'LocalSubjectAccessReview': {
      const { resourceAttributes } = (review.spec ?? {}) as AccessSpec
      if (resourceAttributes?.namespace !== namespace) {
        const message = `Invalid value: ${JSON.stringify(resourceAttributes?.namespace ?? '')}: must match metadata.namespace`
        throw reviewInvalid(review.kind, 'spec.resourceAttributes.namespace', message)
      }
      return { ...review, status: accessStatus(rbac, subjectOf(review), review.spec as AccessSpec, review.kind) }
    }
    case 'SelfSubjectRulesReview': {
      const asked = (review.spec as { namespace?: string } | undefined)?.namespace
      if (!asked) throw badRequest('no namespace on request')
      return { ...review, status: rulesStatus(rbac, user, asked) }
    }
    case 'TokenReview':
      return { ...review, status: tokenStatus(tokens, review) }
    default:
      throw badRequest(`cannot review ${review.kind}`)
  }
}

function userInfo(user: UserInfo) {
  const { username, uid, groups, extra } = user
  return { username, ...(uid ? { uid } : {}), groups, ...(extra && Object.keys(extra).length > 0 ? { extra } : {}) }
}

function subjectOf(review: KubeObject): UserInfo {
  const { user, groups, uid, extra } = (review.spec ?? {}) as AccessSpec
  if (!user && !groups?.length) {
    throw reviewInvalid(review.kind, 'spec.user', `Invalid value: "": at least one of user or group must be specified`)
  }
  return { username: user ?? '', groups: groups ?? [], ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) }
}

function accessStatus(rbac: Rbac, user: UserInfo, spec: AccessSpec | undefined, kind: string) {
  const { allowed, reason, errors } = rbac.decide(user, attributesOf(spec, kind))
  const evaluationError = errors.length > 0 && !allowed ? { evaluationError: errors.join(', ') } : {}
  return { allowed, ...(reason ? { reason } : {}), ...evaluationError }
}

function attributesOf(spec: AccessSpec | undefined, kind: string): AccessAttributes {
  const { resourceAttributes, nonResourceAttributes } = spec ?? {}
  if (nonResourceAttributes && !resourceAttributes) {
    return { verb: nonResourceAttributes.verb ?? '', path: nonResourceAttributes.path ?? '' }
  }
  if (!resourceAttributes || nonResourceAttributes) {
    const message = 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified'
    throw reviewInvalid(kind, 'spec.resourceAttributes', message)
  }
  const { verb = '', group = '', version, resource = '', subresource, name, namespace } = resourceAttributes
  return {
    verb,
    group,
    version,
    resource,
    subresource: subresource || undefined,
    name,
    namespace: namespace || undefined,
  }
}

function reviewInvalid(kind: string, field: string, message: string) {
  const group = 'authorization.k8s.io'
  return invalid({ group, kind }, '', [{ field, type: 'FieldValueInvalid', message }])
}

function rulesStatus(rbac: Rbac, user: UserInfo, namespace: string) {
  const { rules, errors } = rbac.grantsOf(user, namespace)
  const resourceRules: PolicyRule[] = []
  const nonResourceRules: PolicyRule[] = []
  for (const rule of rules) {
    if (rule.resources?.length) {
      const { verbs, apiGroups, resources, resourceNames } = rule
      resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames ? { resourceNames } : {}) })
    }
    if (rule.nonResourceURLs?.length)
      nonResourceRules.push({ verbs: rule.verbs, nonResourceURLs: rule.nonResourceURLs })
  }
  const evaluationError = errors.length > 0 ? { evaluationError: errors.join(', ') } : {}
  return { resourceRules, nonResourceRules, incomplete: errors.length > 0, ...evaluationError }
}

function tokenStatus(tokens: Tokens, review: KubeObject) {
  const { token = '', audiences = [] } = (review.spec ?? {}) as { token?: string; audiences?: string[] }
  const verified = tokens.verify(token)
  if (verified === undefined) return { user: {}, error: '[invalid bearer token, service account token is not valid]' }
  const wanted = audiences.length > 0 ? audiences : [tokenIssuer]
  const common = wanted.filter((audience) => verified.audiences.includes(audience))
  if (common.length === 0) {
    return {
      user: {},
      error: `[invalid bearer token, token audiences ${JSON.stringify(verified.audiences)} is invalid for the target audiences ${JSON.stringify(wanted)}]`,
    }
  }
  const user = { ...verified.user, groups: [...verified.user.groups, 'system:authenticated'] }
  return { authenticated: true, user: userInfo(user), audiences: common }
}

interface TokenRequestSpec {
  audiences?: string[]
  expirationSeconds?: number
  boundObjectRef?: { kind?: string; name?: string; uid?: string }
}

const shortestSeconds = 600
const longestSeconds = 2 ** 32

/** Answers a TokenRequest for a service account: `kubectl create token`. */
export function answerTokenRequest(
  request: KubeObject,
  key: { namespace: string; name: string },
  { core, tokens }: ReviewOptions,
): KubeObject {
  const { namespace, name } = key
  const account = core.store.find('serviceaccounts', `${namespace}/${name}`) as unknown as ServiceAccount | undefined
  if (account === undefined) throw notFound({ group: '', plural: 'serviceaccounts' }, name)
  const spec = (request.spec ?? {}) as TokenRequestSpec
  const expirationSeconds = spec.expirationSeconds ?? 3600
  checkExpiration(expirationSeconds)
  const audiences = spec.audiences?.length ? spec.audiences : [tokenIssuer]
  const { token, expiresMs } = tokens.issue({
    namespace,
    serviceAccount: { name, uid: account.metadata.uid ?? '' },
    binding: bindingOf(core, namespace, spec.boundObjectRef),
    audiences,
    expirationSeconds,
  })
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: formatTime(core.clock.now()) },
    spec: { audiences, expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: formatTime(expiresMs) },
  }
}

function checkExpiration(seconds: number): void {
  const refuse = (why: string) =>
    invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [
      { field: 'spec.expirationSeconds', type: 'FieldValueInvalid', message: `Invalid value: ${seconds}: ${why}` },
    ])
  if (seconds < shortestSeconds) throw refuse('may not specify a duration less than 10 minutes')
  if (seconds > longestSeconds) throw refuse('may not specify a duration larger than 2^32 seconds')
}

function bindingOf(
  core: RegistryCore,
  namespace: string,
  ref: TokenRequestSpec['boundObjectRef'],
): TokenBinding | undefined {
  if (!ref) return undefined
  if (ref.kind !== 'Pod' && ref.kind !== 'Secret')
    throw badRequest(`cannot bind token for serviceaccount to object of type ${ref.kind}`)
  const plural = ref.kind === 'Pod' ? 'pods' : 'secrets'
  const found = core.store.find(plural, `${namespace}/${ref.name}`)
  if (found === undefined) throw notFound({ group: '', plural }, ref.name ?? '')
  return { kind: ref.kind, name: ref.name ?? '', uid: found.metadata.uid ?? '' }
}
