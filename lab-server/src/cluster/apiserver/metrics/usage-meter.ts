// What pods use, as rates: the difference between two readings of what they have used so far.
import type { Clock, Timer } from '../../clock.ts'

/** One reading of a pod: memory now, CPU time since its containers started. */
export interface PodReading {
  namespace: string
  name: string
  uid: string
  containers: { name: string; memoryBytes: number; cpuNanoseconds: number }[]
}

/** What a pod uses now. */
export interface PodUsage {
  namespace: string
  name: string
  atMs: number
  windowMs: number
  containers: { name: string; cpuNanocores: number; memoryBytes: number }[]
}

/** Keeps the latest usage of every running pod. */
export interface UsageMeter {
  find(namespace: string, name: string): PodUsage | undefined
  all(): PodUsage[]
  stop(): void
}

// As often as the metrics server asks.
const intervalMs = 15_000
// The first rate should not take so long.
const firstIntervalMs = 3_000

/** Starts reading; a pod has usage from its second reading on. */
export function startUsageMeter(options: {
  read(): Promise<PodReading[]>
  clock: Clock
  onUnexpected(error: unknown): void
}): UsageMeter {
  const { clock } = options
  const readings = new Map<string, { reading: PodReading; atMs: number }>()
  const usages = new Map<string, PodUsage>()
  let timer: Timer | undefined
  let isStopped = false

  async function sample(): Promise<void> {
    const atMs = clock.now()
    const current = await options.read()
    const present = new Set<string>()
    for (const reading of current) {
      present.add(reading.uid)
      const before = readings.get(reading.uid)
      if (before) usages.set(reading.uid, nextUsage(before, { reading, atMs }))
      readings.set(reading.uid, { reading, atMs })
    }
    for (const uid of readings.keys()) {
      if (present.has(uid)) continue
      readings.delete(uid)
      usages.delete(uid)
    }
  }

  function schedule(delayMs: number): void {
    if (isStopped) return
    timer = clock.after(delayMs, () => {
      const isEarly = usages.size < readings.size || readings.size === 0
      sample()
        .catch(options.onUnexpected)
        .finally(() => schedule(isEarly ? firstIntervalMs : intervalMs))
    })
  }
  schedule(0)

  return {
    find: (namespace, name) =>
      [...usages.values()].find((usage) => usage.namespace === namespace && usage.name === name),
    all: () => [...usages.values()],
    stop() {
      isStopped = true
      timer?.cancel()
    },
  }
}

/** The usage between two readings of a pod. A container that restarted in between counts from zero again. */
export function nextUsage(
  before: { reading: PodReading; atMs: number },
  now: { reading: PodReading; atMs: number },
): PodUsage {
  const { namespace, name, containers } = now.reading
  const windowMs = Math.max(1, now.atMs - before.atMs)
  return {
    namespace,
    name,
    atMs: now.atMs,
    windowMs,
    containers: containers.map((container) => {
      const earlier = before.reading.containers.find((candidate) => candidate.name === container.name)
      const spent = container.cpuNanoseconds - (earlier?.cpuNanoseconds ?? 0)
      const nanoseconds = spent >= 0 ? spent : container.cpuNanoseconds
      return {
        name: container.name,
        cpuNanocores: Math.round((nanoseconds * 1000) / windowMs),
        memoryBytes: container.memoryBytes,
      }
    }),
  }
}
