// What running containers use, for metrics.k8s.io: memory now, CPU as a rate over the last while.
import type { Clock } from '../clock.ts'
import type { RunningContainer } from './container-runtime.ts'
import type { PodState } from './pod-state.ts'

/** What a container uses. */
export interface ContainerUsage {
  name: string
  memoryBytes: number
  /** Billionths of a core, as `kubectl top` divides them. */
  cpuNanocores: number
}

/** A pod's usage by container, with when and over how long it was measured. */
export interface PodUsage {
  namespace: string
  name: string
  uid: string
  labels: Record<string, string>
  atMs: number
  windowSeconds: number
  containers: ContainerUsage[]
}

interface Sample {
  cpuNanoseconds: number
  atMs: number
}

/** As long as metrics-server's own resolution, a rate is kept. */
const windowMs = 15_000

/** Measures pods, remembering earlier samples to tell rates. */
export function makeUsageMeter(clock: Clock): { measure(pods: PodState[]): Promise<PodUsage[]> } {
  const samples = new Map<string, { base: Sample; rate: number }>()

  const measureContainer = async (pod: PodState, name: string, running: RunningContainer): Promise<ContainerUsage> => {
    const { memoryBytes, cpuNanoseconds } = await running.usage()
    const now: Sample = { cpuNanoseconds, atMs: clock.now() }
    const phase = pod.records.get(name)?.phase
    const startedAtMs = phase?.kind === 'running' ? phase.startedAtMs : now.atMs
    const known = samples.get(running.id)
    const base = known?.base ?? { cpuNanoseconds: 0, atMs: startedAtMs }
    const isDue = !known || now.atMs - base.atMs >= windowMs
    const rate = isDue ? cpuRate(base, now) : known.rate
    if (isDue) samples.set(running.id, { base: now, rate })
    return { name, memoryBytes, cpuNanocores: rate }
  }

  return {
    async measure(pods) {
      const ids = new Set(pods.flatMap(({ running }) => [...running.values()].map(({ id }) => id)))
      for (const id of samples.keys()) if (!ids.has(id)) samples.delete(id)
      return Promise.all(
        pods
          .filter(({ running }) => running.size > 0)
          .map(async (pod) => {
            const { name = '', namespace = '', uid = '', labels = {} } = pod.pod.metadata
            const entries = [...pod.running]
            const containers = await Promise.all(entries.map(([key, running]) => measureContainer(pod, key, running)))
            const facts = { atMs: clock.now(), windowSeconds: windowMs / 1000 }
            return { namespace, name, uid, labels, ...facts, containers }
          }),
      )
    },
  }
}

/** Billionths of a core between two samples; 0 when no time has passed. */
export function cpuRate(from: Sample, to: Sample): number {
  const elapsedMs = to.atMs - from.atMs
  if (elapsedMs <= 0) return 0
  return Math.max(0, Math.round(((to.cpuNanoseconds - from.cpuNanoseconds) / elapsedMs) * 1000))
}
