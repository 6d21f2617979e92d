import type { KubeObject } from '../kubernetes/objects.ts'
import { isBackground } from '../world/baseline.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

interface RoleBinding extends KubeObject {
  roleRef: { kind: string; name: string }
  subjects?: { kind: string; name: string; namespace?: string }[]
}
interface Role extends KubeObject {
  rules?: { verbs?: string[]; resources?: string[]; apiGroups?: string[] }[]
}

const broadRoles = new Set(['cluster-admin', 'admin', 'edit'])

/** The workload got no more rights than it needs. */
export const rbacInvariant: Invariant = {
  id: 'INV-7',
  title: 'No account of the application has broad rights',
  evaluate({ objects, baseline }) {
    const problems: string[] = []
    for (const binding of objects.list<RoleBinding>('RoleBinding')) {
      const name = `RoleBinding/${binding.metadata.name}`
      if (isBackground(binding) || name in baseline.objects || isForPeople(binding)) continue
      const everyone = binding.subjects?.find(
        (subject) => subject.kind === 'Group' && subject.name.startsWith('system:serviceaccounts'),
      )
      if (everyone) problems.push(`${name} binds the group ${everyone.name}`)
      if (binding.roleRef.kind === 'ClusterRole' && broadRoles.has(binding.roleRef.name)) {
        problems.push(`${name} gives ${binding.roleRef.name}`)
      }
    }
    for (const role of objects.list<Role>('Role')) {
      if (isBackground(role) || `Role/${role.metadata.name}` in baseline.objects) continue
      const wild = role.rules?.some((rule) => rule.verbs?.includes('*') || rule.resources?.includes('*'))
      if (wild) problems.push(`Role/${role.metadata.name} has a wildcard`)
    }
    return outcomeOf('no wildcards and no cluster-admin', problems, 'none')
  },
}

/** Bindings of people are not the application's. */
function isForPeople(binding: RoleBinding): boolean {
  return (binding.subjects ?? []).every((subject) => subject.kind === 'User')
}
