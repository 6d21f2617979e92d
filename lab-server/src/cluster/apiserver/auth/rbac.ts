// Role-based access control over the stored roles and bindings. Reads the live store: a change holds from the next request on.
import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import type { UserInfo } from '../request-context.ts'
import { type AccessAttributes, type PolicyRule, ruleAllows } from './policy-rule.ts'

/** Whether something is allowed, and what stood in the way of finding out. */
export interface Decision {
  allowed: boolean
  /** Why it is allowed, in upstream's words. */
  reason: string
  /** Roles that bindings name and that do not exist. */
  errors: string[]
}

/** The rules that apply to somebody. */
export interface Grants {
  rules: PolicyRule[]
  errors: string[]
}

/** Answers who may do what. */
export interface Rbac {
  decide(user: UserInfo, attributes: AccessAttributes): Decision
  /** Everything that a user may do in a namespace, or in the whole cluster without one. */
  grantsOf(user: UserInfo, namespace: string | undefined): Grants
  /** The rules behind a role reference; undefined when there is no such role. */
  findRules(ref: { kind: string; name: string }, namespace: string | undefined): PolicyRule[] | undefined
}

interface Grant {
  /** `ClusterRoleBinding "x" of ClusterRole "y" to User "z"`. */
  source: string
  rules: PolicyRule[]
  error?: string
}

const rbacGroup = 'rbac.authorization.k8s.io'

/** Makes the authorizer of one cluster. */
export function makeRbac(store: Store): Rbac {
  function findRules(ref: { kind: string; name: string }, namespace: string | undefined): PolicyRule[] | undefined {
    if (ref.kind === 'Role') {
      const role = store.find(`roles.${rbacGroup}`, `${namespace ?? ''}/${ref.name}`) as unknown as Role | undefined
      return role && ((role.rules ?? []) as PolicyRule[])
    }
    const role = store.find(`clusterroles.${rbacGroup}`, ref.name) as unknown as ClusterRole | undefined
    return role && clusterRules(role)
  }

  /** An aggregated role has the rules of all that its selectors match, whether or not they have been copied into it yet. */
  function clusterRules(role: ClusterRole, depth = 0): PolicyRule[] {
    const own = (role.rules ?? []) as PolicyRule[]
    const selectors = role.aggregationRule?.clusterRoleSelectors
    // Roles may aggregate roles that aggregate; a circle ends here.
    if (!selectors?.length || depth > 4) return own
    const others = (store.list(`clusterroles.${rbacGroup}`) as unknown as ClusterRole[]).filter(
      ({ metadata }) =>
        metadata.name !== role.metadata.name &&
        selectors.some((selector) => matchesLabelSelector(selector, metadata.labels)),
    )
    return others.length === 0 ? own : others.flatMap((other) => clusterRules(other, depth + 1))
  }

  function* grants(user: UserInfo, namespace: string | undefined): Iterable<Grant> {
    for (const binding of store.list(`clusterrolebindings.${rbacGroup}`) as unknown as ClusterRoleBinding[]) {
      const grant = grantOf(binding, user, undefined)
      if (grant) yield grant
    }
    if (!namespace) return
    for (const binding of store.list(`rolebindings.${rbacGroup}`, `${namespace}/`) as unknown as RoleBinding[]) {
      const grant = grantOf(binding, user, namespace)
      if (grant) yield grant
    }
  }

  function grantOf(
    binding: ClusterRoleBinding | RoleBinding,
    user: UserInfo,
    namespace: string | undefined,
  ): Grant | undefined {
    const subject = (binding.subjects ?? []).find((candidate) => isSubject(candidate, user, namespace))
    if (subject === undefined) return undefined
    const { kind, name } = binding.roleRef
    const rules = findRules({ kind, name }, namespace)
    const bindingName = namespace ? `${binding.metadata.name}/${namespace}` : binding.metadata.name
    const source = `${namespace ? 'RoleBinding' : 'ClusterRoleBinding'} "${bindingName}" of ${kind} "${name}" to ${subject.kind} "${subjectName(subject)}"`
    if (rules) return { source, rules }
    return { source, rules: [], error: `${kind.toLowerCase()}.${rbacGroup} "${name}" not found` }
  }

  return {
    findRules,
    decide(user, attributes) {
      if (user.groups.includes('system:masters')) return { allowed: true, reason: '', errors: [] }
      const errors: string[] = []
      for (const { source, rules, error } of grants(
        user,
        attributes.path === undefined ? attributes.namespace : undefined,
      )) {
        if (error) errors.push(error)
        if (rules.some((rule) => ruleAllows(rule, attributes))) {
          return { allowed: true, reason: `RBAC: allowed by ${source}`, errors: [] }
        }
      }
      return { allowed: false, reason: '', errors }
    },
    grantsOf(user, namespace) {
      const all = [...grants(user, namespace)]
      const errors = all.flatMap(({ error }) => (error ? [error] : []))
      return { rules: all.flatMap(({ rules }) => rules), errors }
    },
  }
}

interface Subject {
  kind: string
  name: string
  namespace?: string
}

function isSubject(subject: Subject, user: UserInfo, bindingNamespace: string | undefined): boolean {
  if (subject.kind === 'User') return subject.name === user.username
  if (subject.kind === 'Group') return user.groups.includes(subject.name)
  const namespace = subject.namespace || bindingNamespace
  return user.username === `system:serviceaccount:${namespace}:${subject.name}`
}

function subjectName({ kind, name, namespace }: Subject): string {
  return kind === 'ServiceAccount' ? `${name}/${namespace}` : name
}
