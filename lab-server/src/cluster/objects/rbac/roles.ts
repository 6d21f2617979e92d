// Who may do what.

import { ageColumn, createdAtColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { RowContext } from '../kind-definition.ts'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../types.ts'
import { pathSegmentProblems } from '../validation/names.ts'
import { bindingChange, bindingErrors, roleErrors } from './validation.ts'

const group = 'rbac.authorization.k8s.io'
const roleColumns = [nameColumn, createdAtColumn]
const bindingColumns = [nameColumn, plain('Role'), ageColumn, wide('Users'), wide('Groups'), wide('ServiceAccounts')]

/** Permissions in one namespace. */
export const role = defineKind<Role>({
  group,
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  nameProblems: pathSegmentProblems,
  validate: (role) => roleErrors(role, { namespaced: true }),
  applyDefaults: applyRoleDefaults,
  columns: roleColumns,
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
})

/** Permissions in the whole cluster, or to be granted in any namespace. */
export const clusterRole = defineKind<ClusterRole>({
  group,
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  nameProblems: pathSegmentProblems,
  validate: (role) => roleErrors(role, { namespaced: false }),
  applyDefaults: applyRoleDefaults,
  namespaced: false,
  columns: roleColumns,
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
})

/** Grants a role in one namespace. */
export const roleBinding = defineKind<RoleBinding>({
  group,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  nameProblems: pathSegmentProblems,
  validate: (binding) => bindingErrors(binding, { namespaced: true }),
  validateUpdate: bindingChange,
  applyDefaults: applyBindingDefaults,
  columns: bindingColumns,
  cells: bindingCells,
})

/** Grants a cluster role everywhere. */
export const clusterRoleBinding = defineKind<ClusterRoleBinding>({
  group,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  nameProblems: pathSegmentProblems,
  validate: (binding) => bindingErrors(binding, { namespaced: false }),
  validateUpdate: bindingChange,
  applyDefaults: applyBindingDefaults,
  namespaced: false,
  columns: bindingColumns,
  cells: bindingCells,
})

// `rules` is never absent in what the API returns.
function applyRoleDefaults(role: Role | ClusterRole): void {
  role.rules ??= []
}

function applyBindingDefaults({ roleRef, subjects }: RoleBinding | ClusterRoleBinding): void {
  if (roleRef) roleRef.apiGroup ||= group
  for (const subject of subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= group
  }
}

function bindingCells(binding: RoleBinding | ClusterRoleBinding, { nowMs }: RowContext): unknown[] {
  const { metadata, roleRef, subjects = [] } = binding
  const named = (wanted: string) =>
    subjects
      .filter(({ kind }) => kind === wanted)
      .map(({ namespace, name }) => (wanted === 'ServiceAccount' ? `${namespace}/${name}` : name))
      .join(', ')
  return [
    metadata.name,
    `${roleRef.kind}/${roleRef.name}`,
    age(metadata.creationTimestamp, nowMs),
    named('User'),
    named('Group'),
    named('ServiceAccount'),
  ]
}
