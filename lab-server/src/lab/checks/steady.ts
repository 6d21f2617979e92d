import type { ContainerStatus, Pod } from '../kubernetes/objects.ts'
import type { SteadyCheck } from '../scenarios/scenario.ts'
import { ownPods } from './endpoints.ts'
import { failed, type Outcome, passed, type Subject, unknown } from './subject.ts'

/** Every container of the workload has run for some seconds, and none waits to be restarted. Too early to say is unknown. */
export async function checkSteady(check: SteadyCheck, { objects, now }: Subject): Promise<Outcome> {
  const expected = `no container of ${check.of} restarts for ${check.seconds} s`
  const pods = ownPods(objects, check.of)
  if (pods.length === 0) return failed(expected, `${check.of} has no pods`)
  const containers = pods.flatMap((pod) => containersOf(pod, now().getTime()))

  const down = containers.find(({ problem }) => problem !== undefined)
  if (down) return failed(expected, `container ${down.name} is ${down.problem}`)
  const restarted = containers.find(({ endedAgo }) => endedAgo < check.seconds)
  if (restarted) {
    const { name, endedAgo, restarts } = restarted
    return failed(expected, `container ${name} restarted ${Math.round(endedAgo)} s ago, ${restarts} in all`)
  }
  // What has only just started may still end by itself.
  const young = containers.find(({ runningFor }) => runningFor < check.seconds)
  if (young) {
    const seconds = Math.max(0, Math.floor(young.runningFor))
    return unknown(expected, `container ${young.name} has run for ${seconds} of ${check.seconds} s`)
  }
  return passed(expected, `none of ${pods.length} pods restarted`)
}

/** A container's recent past, in seconds. */
interface Steadiness {
  name: string
  /** Why it does not run and will not by itself. */
  problem: string | undefined
  endedAgo: number
  restarts: number
  /** 0 when it does not run. */
  runningFor: number
}

function containersOf(pod: Pod, nowMs: number): Steadiness[] {
  const secondsSince = (at: string) => (nowMs - Date.parse(at)) / 1000
  return (pod.status?.containerStatuses ?? []).map((status: ContainerStatus) => {
    const { waiting, terminated, running } = status.state ?? {}
    const ended = status.lastState?.terminated?.finishedAt
    const isDown = terminated !== undefined || waiting?.reason === 'CrashLoopBackOff'
    return {
      name: `${status.name} of pod ${pod.metadata.name}`,
      problem: isDown ? (waiting?.reason ?? terminated?.reason ?? 'down') : undefined,
      endedAgo: ended ? secondsSince(ended) : Number.POSITIVE_INFINITY,
      restarts: status.restartCount,
      runningFor: running?.startedAt ? secondsSince(running.startedAt) : 0,
    }
  })
}
