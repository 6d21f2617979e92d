import type { ContainerStatus } from '../kubernetes/objects.ts'
import type { SteadyCheck } from '../scenarios/scenario.ts'
import { ownPods } from './endpoints.ts'
import { failed, type Outcome, passed, type Subject } from './subject.ts'

/** No container of the workload has ended in the last seconds, and none waits to be restarted. */
export async function checkSteady(check: SteadyCheck, { objects, now }: Subject): Promise<Outcome> {
  const expected = `no container of ${check.of} restarts for ${check.seconds} s`
  const pods = ownPods(objects, check.of)
  if (pods.length === 0) return failed(expected, `${check.of} has no pods`)
  for (const pod of pods) {
    for (const status of pod.status?.containerStatuses ?? []) {
      const name = `${status.name} of pod ${pod.metadata.name}`
      const { waiting, terminated } = status.state ?? {}
      if (terminated || waiting?.reason === 'CrashLoopBackOff') {
        return failed(expected, `container ${name} is ${waiting?.reason ?? terminated?.reason ?? 'down'}`)
      }
      const agoMs = now().getTime() - lastEnd(status)
      if (agoMs < check.seconds * 1000) {
        return failed(
          expected,
          `container ${name} restarted ${Math.round(agoMs / 1000)} s ago, ${status.restartCount} in all`,
        )
      }
    }
  }
  return passed(expected, `none of ${pods.length} pods restarted`)
}

function lastEnd(status: ContainerStatus): number {
  const at = status.lastState?.terminated?.finishedAt
  return at ? Date.parse(at) : Number.NEGATIVE_INFINITY
}
