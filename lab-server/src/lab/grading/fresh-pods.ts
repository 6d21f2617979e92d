// INV-13: a repair must live longer than the pods that it was made in. Once everything has held for the window, one
// pod of each tier is ended, as a node's failure would, and everything must hold once more.
import type { CheckResult } from '../../contract/attempts.ts'
import type { KubernetesApi } from '../kubernetes/kubernetes-api.ts'
import { findController, type Pod } from '../kubernetes/objects.ts'
import type { World } from '../world/world.ts'

type FreshState = { name: 'idle' } | { name: 'started'; sinceMs: number; gone: string[] } | { name: 'passed' }

export interface FreshPods {
  /** After an evaluation: whether the window may run. */
  next(input: { allHold: boolean; open: string; nowMs: number }): boolean
  /** Ends the pods when the first window is over; false when they were ended before, and all has held since. */
  start(nowMs: number): Promise<boolean>
  result(nowMs: number): CheckResult
}

/** How long fresh pods may take before it is the repair's fault. */
const patienceMs = 30_000

/** Keeps track of the restart that a scenario asks for. `end` deletes the pods and says which, by uid. */
export function makeFreshPods(world: Pick<World, 'list'>, end: () => Promise<string[]>): FreshPods {
  let state: FreshState = { name: 'idle' }
  let open = ''
  const isLate = (nowMs: number) => state.name === 'started' && nowMs - state.sinceMs >= patienceMs
  const isReplaced = (gone: readonly string[]) =>
    !world.list<Pod>('Pod').some((pod) => gone.includes(pod.metadata.uid ?? ''))

  return {
    next({ allHold, open: what, nowMs }) {
      open = what
      if (state.name === 'started') {
        if (!allHold || !isReplaced(state.gone)) return false
        // What came back only late was helped by hand: the next pod must come back by itself.
        state = isLate(nowMs) ? { name: 'idle' } : { name: 'passed' }
      } else if (!allHold) state = { name: 'idle' }
      return allHold
    },
    async start(nowMs) {
      if (state.name === 'passed') return false
      state = { name: 'started', sinceMs: nowMs, gone: await end() }
      return true
    },
    result(nowMs) {
      const base = {
        id: 'INV-13',
        title: 'It survives a fresh pod',
        expected: 'everything holds again after one pod of each tier was ended',
      }
      if (state.name === 'passed') return { ...base, status: 'passed', observed: 'fresh pods came up by themselves' }
      if (isLate(nowMs)) return { ...base, status: 'failed', observed: `with a fresh pod of each tier: ${open}` }
      const observed = state.name === 'idle' ? 'waits until everything else holds' : 'fresh pods are starting'
      return { ...base, status: 'unknown', observed }
    },
  }
}

/** Ends one pod of each workload; their uids. */
export async function endOnePodEach({ api, world }: { api: KubernetesApi; world: World }): Promise<string[]> {
  const pods = onePodEach(world.list<Pod>('Pod'))
  await Promise.all(pods.map(({ metadata: { name } }) => api.remove({ kind: 'Pod', namespace: world.namespace, name })))
  return pods.map(({ metadata }) => metadata.uid ?? '')
}

/** One pod of each workload: the oldest, because its repair may be the one made by hand. */
export function onePodEach(pods: readonly Pod[]): Pod[] {
  const chosen = new Map<string, Pod>()
  const age = (pod: Pod) => pod.metadata.creationTimestamp ?? ''
  for (const pod of [...pods].sort((one, other) => (age(one) < age(other) ? -1 : 1))) {
    const owner = findController(pod)
    if (!owner || owner.kind === 'Job' || pod.metadata.deletionTimestamp) continue
    if (!chosen.has(owner.uid)) chosen.set(owner.uid, pod)
  }
  return [...chosen.values()]
}
