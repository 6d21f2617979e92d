import type { Container, PodSpec } from '../kubernetes/objects.ts'
import { workloadPairs } from './containers.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

/** No repair by taking more power over the node than before. */
export const securityInvariant: Invariant = {
  id: 'INV-9',
  title: 'No security setting was weakened',
  evaluate(subject) {
    const problems = workloadPairs(subject).flatMap(({ name, before, now }) =>
      securityProblems(before, now).map((problem) => `${problem} in ${name}`),
    )
    return outcomeOf('no new privileges, host namespaces or host paths', problems, 'none')
  },
}

/** What a pod template may now do that the healthy one could not. */
export function securityProblems(before: PodSpec, now: PodSpec): string[] {
  const problems: string[] = []
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
    if (now[field] && !before[field]) problems.push(`${field} was switched on`)
  }
  for (const volume of now.volumes ?? []) {
    const known = before.volumes?.some((candidate) => candidate.hostPath?.path === volume.hostPath?.path)
    if (volume.hostPath && !known) problems.push(`the host's ${volume.hostPath.path} is mounted`)
  }
  if (before.securityContext?.runAsNonRoot && !now.securityContext?.runAsNonRoot)
    problems.push('runAsNonRoot was removed')
  for (const container of [...(now.initContainers ?? []), ...now.containers]) {
    const healthy = before.containers.find((candidate) => candidate.name === container.name)
    problems.push(...containerProblems(healthy, container))
  }
  return problems
}

function containerProblems(before: Container | undefined, now: Container): string[] {
  const problems: string[] = []
  const old = before?.securityContext ?? {}
  const context = now.securityContext ?? {}
  if (context.privileged && !old.privileged) problems.push(`container ${now.name} is privileged`)
  if (context.allowPrivilegeEscalation && !old.allowPrivilegeEscalation) {
    problems.push(`container ${now.name} may escalate privileges`)
  }
  if (context.runAsUser === 0 && old.runAsUser !== 0) problems.push(`container ${now.name} runs as root`)
  const added = (context.capabilities?.add ?? []).filter((name) => !old.capabilities?.add?.includes(name))
  if (added.length > 0) problems.push(`container ${now.name} has the capabilities ${added.join(', ')}`)
  for (const field of ['runAsNonRoot', 'readOnlyRootFilesystem'] as const) {
    if (old[field] && !context[field]) problems.push(`${field} of container ${now.name} was removed`)
  }
  return problems
}
