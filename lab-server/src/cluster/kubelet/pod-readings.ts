// What running containers have used so far. Whoever wants a rate takes the difference of two readings.
import type { PodState } from './pod-state.ts'

/** One reading of a pod: memory now, CPU time since its containers started. */
export interface PodReading {
  namespace: string
  name: string
  uid: string
  containers: { name: string; memoryBytes: number; cpuNanoseconds: number }[]
}

/** Reads every pod that has running containers. */
export function readPods(pods: PodState[]): Promise<PodReading[]> {
  return Promise.all(
    pods
      .filter(({ running }) => running.size > 0)
      .map(async ({ pod, running }) => {
        const { name = '', namespace = '', uid = '' } = pod.metadata
        const containers = await Promise.all(
          [...running].map(async ([container, process]) => ({ name: container, ...(await process.usage()) })),
        )
        return { namespace, name, uid, containers }
      }),
  )
}
