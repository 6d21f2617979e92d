import type { Subject } from '../checks/subject.ts'
import { baselineObject, isBackground } from '../world/baseline.ts'
import { isSame } from '../world/normalise.ts'
import { type Invariant, outcomeOf } from './invariant.ts'
import { describeRight, hasRight, type Role, type RoleBinding } from './rights.ts'

const broadRoles = new Set(['cluster-admin', 'admin', 'edit'])

/** The workload got no more rights than it needs. */
export const rbacInvariant: Invariant = {
  id: 'INV-7',
  title: 'No account of the application has broad rights',
  evaluate(subject, { rights = [] }) {
    const { baseline, objects } = subject
    const namespace = Object.values(baseline.objects).find(({ kind }) => kind === 'Namespace')?.metadata.name ?? ''
    const wrong = rights.filter((right) => hasRight(objects, namespace, right) !== right.allowed)
    const problems = [
      ...broadBindings(subject),
      ...wildRoles(subject),
      ...wrong.map((right) => describeRight(right, right.allowed ? 'may not' : 'may')),
    ]
    return outcomeOf('no wildcards and no cluster-admin', problems, 'none')
  },
}

function broadBindings({ baseline, objects }: Subject): string[] {
  const problems: string[] = []
  for (const binding of objects.list<RoleBinding>('RoleBinding')) {
    const healthy = baselineObject<RoleBinding>(baseline, 'RoleBinding', binding.metadata.name)
    if (isBackground(binding) || isForPeople(binding) || (healthy && isSame(healthy, binding))) continue
    const name = `RoleBinding/${binding.metadata.name}`
    const everyone = binding.subjects?.find(
      (subject) => subject.kind === 'Group' && subject.name.startsWith('system:serviceaccounts'),
    )
    if (everyone) problems.push(`${name} binds the group ${everyone.name}`)
    if (binding.roleRef.kind === 'ClusterRole' && broadRoles.has(binding.roleRef.name)) {
      problems.push(`${name} gives ${binding.roleRef.name}`)
    }
  }
  return problems
}

function wildRoles({ baseline, objects }: Subject): string[] {
  const problems: string[] = []
  for (const role of objects.list<Role>('Role')) {
    const healthy = baselineObject<Role>(baseline, 'Role', role.metadata.name)
    if (isBackground(role) || (healthy && isSame(healthy, role))) continue
    const isWild = role.rules?.some((rule) => rule.verbs?.includes('*') || rule.resources?.includes('*'))
    if (isWild) problems.push(`Role/${role.metadata.name} has a wildcard`)
  }
  return problems
}

/** Bindings of people are not the application's. */
function isForPeople(binding: RoleBinding): boolean {
  const isPerson = ({ kind, name }: { kind: string; name: string }) =>
    kind === 'User' && !name.startsWith('system:serviceaccount:')
  return (binding.subjects ?? []).every(isPerson)
}
