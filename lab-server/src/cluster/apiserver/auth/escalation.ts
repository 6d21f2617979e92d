// Nobody hands out permissions that they do not have, except with the verbs `escalate` and `bind`.
import type { AdmissionRequest, AdmissionStep } from '../admission/chain.ts'
import { forbidden } from '../errors.ts'
import type { UserInfo } from '../request-context.ts'
import { compactRules, formatRule, missingRules, type PolicyRule } from './policy-rule.ts'
import type { Rbac } from './rbac.ts'

/** Refuses roles and bindings by which their writer would gain permissions. */
export function preventEscalation(rbac: Rbac): AdmissionStep {
  return {
    name: 'RBACEscalation',
    validate(request) {
      const { operation, kind } = request
      if (kind.group !== 'rbac.authorization.k8s.io' || operation === 'DELETE') return
      if (kind.kind === 'Role' || kind.kind === 'ClusterRole') checkRole(request)
      else checkBinding(request)
    },
  }

  function checkRole(request: AdmissionRequest): void {
    const { kind, object, context, name, namespace } = request
    if (mayDo('escalate', request, { resource: kind.plural, name })) return
    const wanted = (object.rules ?? []) as PolicyRule[]
    refuseMissing(request, context.user, missingRules(rbac.grantsOf(context.user, namespace).rules, wanted))
  }

  function checkBinding(request: AdmissionRequest): void {
    const { object, context, namespace } = request
    const ref = object.roleRef as { kind: string; name: string } | undefined
    if (ref === undefined) return
    const resource = ref.kind === 'Role' ? 'roles' : 'clusterroles'
    if (mayDo('bind', request, { resource, name: ref.name })) return
    const wanted = rbac.findRules(ref, namespace)
    if (wanted === undefined) {
      throw forbidden(
        request.kind,
        request.name,
        `${ref.kind.toLowerCase()}.rbac.authorization.k8s.io "${ref.name}" not found`,
      )
    }
    refuseMissing(request, context.user, missingRules(rbac.grantsOf(context.user, namespace).rules, wanted))
  }

  function mayDo(verb: string, request: AdmissionRequest, what: { resource: string; name: string }): boolean {
    const { kind, namespace, context } = request
    return rbac.decide(context.user, { verb, group: kind.group, ...what, namespace }).allowed
  }

  function refuseMissing(request: AdmissionRequest, user: UserInfo, missing: PolicyRule[]): void {
    if (missing.length === 0) return
    const groups = `[${user.groups.map((group) => JSON.stringify(group)).join(' ')}]`
    const rules = compactRules(missing).map(formatRule).sort().join('\n')
    const why = `user ${JSON.stringify(user.username)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${rules}`
    throw forbidden(request.kind, request.name, why)
  }
}
