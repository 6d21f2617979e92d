import { tasksOf } from '../checks/api-cycle.ts'
import { failed, passed, type Subject, unknown } from '../checks/subject.ts'
import type { PodSpec } from '../kubernetes/objects.ts'
import { workloadPairs } from './containers.ts'
import { type Invariant, listed } from './invariant.ts'

/** The users' data from before the fault is still there, on the same volume. */
export const dataInvariant: Invariant = {
  id: 'INV-6',
  title: 'No data was lost',
  async evaluate(subject) {
    const { canary } = subject.baseline
    const expected = canary
      ? `task ${canary.id} from before the fault is there, on the same volume`
      : 'the volumes are the same as before the fault'
    const problems = volumeProblems(subject)
    if (problems.length > 0) return failed(expected, listed(problems))
    if (!canary) return passed(expected, 'the same volumes')
    const answer = await subject.get('/api/tasks')
    if (answer.status !== 200 || answer.json === undefined) {
      return unknown(expected, 'the task list cannot be read at the moment')
    }
    const found = tasksOf(answer).find((task) => task.id === canary.id)
    if (!found) return failed(expected, `task ${canary.id} from before the fault is gone: the database was emptied`)
    if (found.title !== canary.title || found.created_at !== canary.createdAt) {
      return failed(expected, `task ${canary.id} is another one now: the database was re-created`)
    }
    return passed(expected, `task ${canary.id} is there`)
  },
}

/** Claims that were replaced, and workloads that no longer use theirs. */
export function volumeProblems(subject: Subject): string[] {
  const { baseline, objects } = subject
  const problems: string[] = []
  for (const [name, { uid, volumeName }] of Object.entries(baseline.claims)) {
    const live = objects.find('PersistentVolumeClaim', name)
    if (!live) problems.push(`PersistentVolumeClaim/${name} was deleted`)
    else if (live.metadata.deletionTimestamp) problems.push(`PersistentVolumeClaim/${name} is being deleted`)
    else if (live.metadata.uid !== uid) problems.push(`PersistentVolumeClaim/${name} was deleted and created again`)
    else if ((live.spec as { volumeName?: string }).volumeName !== volumeName) {
      problems.push(`PersistentVolumeClaim/${name} is bound to another volume`)
    }
  }
  for (const { name, before, now } of workloadPairs(subject)) {
    for (const [path, claim] of Object.entries(mountedClaims(before))) {
      const live = mountedClaims(now)[path]
      if (live !== claim) problems.push(`${name} no longer mounts PersistentVolumeClaim/${claim} at ${path}`)
    }
  }
  return problems
}

function mountedClaims(spec: PodSpec): Record<string, string> {
  const claims: Record<string, string> = {}
  for (const container of spec.containers) {
    for (const mount of container.volumeMounts ?? []) {
      const volume = spec.volumes?.find((candidate) => candidate.name === mount.name)
      const claim = volume?.persistentVolumeClaim?.claimName
      if (claim) claims[mount.mountPath] = claim
    }
  }
  return claims
}
