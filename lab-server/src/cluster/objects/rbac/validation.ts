// Rules for roles and bindings.
import type { FieldError } from '../kind-definition.ts'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { dnsSubdomainProblems, pathSegmentProblems } from '../validation/names.ts'

const group = 'rbac.authorization.k8s.io'

/** Rules for a role; only cluster roles may be about paths. */
export function roleErrors(role: Role | ClusterRole, { namespaced }: { namespaced: boolean }): FieldError[] {
  return (role.rules ?? []).flatMap(({ verbs, apiGroups, resources, nonResourceURLs }, i) => {
    const field = `rules[${i}]`
    const errors = verbs?.length ? [] : [required(`${field}.verbs`, 'verbs must contain at least one value')]
    if (nonResourceURLs?.length) {
      const rule = 'namespaced rules cannot apply to non-resource URLs'
      if (namespaced) errors.push(invalid(`${field}.nonResourceURLs`, nonResourceURLs, rule))
      if (apiGroups?.length || resources?.length) {
        const both = 'rules cannot apply to both regular resources and non-resource URLs'
        errors.push(invalid(`${field}.nonResourceURLs`, nonResourceURLs, both))
      }
      return errors
    }
    if (!apiGroups?.length) {
      errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'))
    }
    if (!resources?.length) {
      errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'))
    }
    return errors
  })
}

/** Rules for a binding. */
export function bindingErrors(
  { roleRef, subjects }: RoleBinding | ClusterRoleBinding,
  { namespaced }: { namespaced: boolean },
): FieldError[] {
  const errors: FieldError[] = []
  if (roleRef?.apiGroup !== group) errors.push(notSupported('roleRef.apiGroup', roleRef?.apiGroup ?? '', [group]))
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (!kinds.includes(roleRef?.kind)) errors.push(notSupported('roleRef.kind', roleRef?.kind ?? '', kinds))
  if (!roleRef?.name) errors.push(required('roleRef.name'))
  else errors.push(...invalidEach('roleRef.name', roleRef.name, pathSegmentProblems(roleRef.name)))
  for (const [i, subject] of (subjects ?? []).entries()) {
    errors.push(...subjectErrors(`subjects[${i}]`, subject, namespaced))
  }
  return errors
}

/** What a binding grants never changes, only to whom. */
export function bindingChange(
  { roleRef }: RoleBinding | ClusterRoleBinding,
  old: RoleBinding | ClusterRoleBinding,
): FieldError[] {
  if (semanticallyEqual(roleRef, old.roleRef)) return []
  // Upstream prints its internal form of the reference.
  const value = { APIGroup: roleRef?.apiGroup ?? '', Kind: roleRef?.kind ?? '', Name: roleRef?.name ?? '' }
  return [invalid('roleRef', value, 'cannot change roleRef')]
}

type Subject = NonNullable<RoleBinding['subjects']>[number]

function subjectErrors(field: string, { kind, name, apiGroup, namespace }: Subject, namespaced: boolean): FieldError[] {
  const errors = name ? [] : [required(`${field}.name`)]
  switch (kind) {
    case 'ServiceAccount':
      if (name) errors.push(...invalidEach(`${field}.name`, name, dnsSubdomainProblems(name)))
      if (apiGroup) errors.push(notSupported(`${field}.apiGroup`, apiGroup, ['']))
      if (!namespaced && !namespace) errors.push(required(`${field}.namespace`))
      return errors
    case 'User':
    case 'Group':
      if (apiGroup !== group) errors.push(notSupported(`${field}.apiGroup`, apiGroup ?? '', [group]))
      if (namespace) errors.push(forbidden(`${field}.namespace`, 'must be empty'))
      return errors
    default:
      return [...errors, notSupported(`${field}.kind`, kind ?? '', ['ServiceAccount', 'User', 'Group'])]
  }
}
