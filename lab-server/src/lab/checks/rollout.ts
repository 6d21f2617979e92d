import type { KindName } from '../kubernetes/kinds.ts'
import type { Deployment } from '../kubernetes/objects.ts'
import type { RolloutCheck } from '../scenarios/scenario.ts'
import { failed, type Outcome, passed, type Subject } from './subject.ts'

/** Everything desired is updated, ready and available, and the controller has seen the last change. */
export async function checkRollout(check: RolloutCheck, { objects }: Subject): Promise<Outcome> {
  const expected = `${check.of} is fully rolled out`
  const [kind = '', name = ''] = check.of.split('/')
  const live = objects.find<Deployment>(kind as KindName, name)
  if (!live) return failed(expected, `${check.of} does not exist`)
  const desired = live.spec.replicas ?? 1
  const { status = {} } = live
  if (desired === 0) return failed(expected, `${check.of} is scaled to zero`)
  if ((status.observedGeneration ?? 0) < (live.metadata.generation ?? 0)) {
    return failed(expected, 'the last change has not been acted on yet')
  }
  const counts = {
    updated: status.updatedReplicas ?? 0,
    ready: status.readyReplicas ?? 0,
    available: status.availableReplicas ?? 0,
  }
  const observed = `${desired} desired, ${counts.updated} updated, ${counts.ready} ready, ${counts.available} available`
  const isComplete = Object.values(counts).every((count) => count === desired) && (status.replicas ?? 0) === desired
  if (!isComplete) return failed(expected, live.spec.paused ? `${observed}; the rollout is paused` : observed)
  return passed(expected, observed)
}
