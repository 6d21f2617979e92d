// What an account may do in the namespace, read from Roles and RoleBindings by meaning: every Role that gives the same
// rights is right, whatever it is called and however its rules are cut.
import type { KubeObject } from '../kubernetes/objects.ts'
import type { AccountRight } from '../scenarios/scenario.ts'
import type { Objects } from '../world/world.ts'

export interface PolicyRule {
  verbs?: string[]
  resources?: string[]
  apiGroups?: string[]
  resourceNames?: string[]
}
export interface Role extends KubeObject {
  rules?: PolicyRule[]
}
export interface RoleBinding extends KubeObject {
  roleRef: { kind: string; name: string }
  subjects?: { kind: string; name: string; namespace?: string }[]
}

/** ClusterRole `view`: everything but what would give its reader the rights of others. */
const viewVerbs = ['get', 'list', 'watch']
const hiddenFromView = ['secrets', 'roles', 'rolebindings']

/** Whether the account of the namespace has this right. */
export function hasRight(objects: Objects, namespace: string, right: Omit<AccountRight, 'allowed'>): boolean {
  return objects
    .list<RoleBinding>('RoleBinding')
    .filter((binding) => isFor(binding, namespace, right.account))
    .some(({ roleRef }) => {
      if (roleRef.kind === 'ClusterRole') return givesClusterRole(roleRef.name, right)
      return objects.find<Role>('Role', roleRef.name)?.rules?.some((rule) => gives(rule, right)) ?? false
    })
}

/** `settings-reader may get configmaps backend-config`. */
export function describeRight({ account, verb, resource, name }: AccountRight, does: string): string {
  return `${account} ${does} ${verb} ${resource}${name ? ` ${name}` : ''}`
}

function isFor({ subjects = [] }: RoleBinding, namespace: string, account: string): boolean {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  return subjects.some((subject) => {
    if (subject.kind === 'Group') return groups.includes(subject.name)
    if (subject.kind === 'User') return subject.name === `system:serviceaccount:${namespace}:${account}`
    return subject.name === account && subject.namespace === namespace
  })
}

/** Roles of the cluster are not to be seen here: all but `view` count as giving everything. */
function givesClusterRole(role: string, { verb, resource }: Omit<AccountRight, 'allowed'>): boolean {
  if (role !== 'view') return true
  return viewVerbs.includes(verb) && !hiddenFromView.includes(resource.split('.')[0] ?? '')
}

function gives(
  { verbs = [], resources = [], apiGroups = [], resourceNames = [] }: PolicyRule,
  { verb, resource, name }: Omit<AccountRight, 'allowed'>,
): boolean {
  const [plural = '', ...group] = resource.split('.')
  const has = (list: string[], wanted: string) => list.includes('*') || list.includes(wanted)
  const isNamed = resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name))
  return has(verbs, verb) && has(resources, plural) && has(apiGroups, group.join('.')) && isNamed
}
