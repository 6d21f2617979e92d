// Holds all processes of one container to its limits of memory and CPU.
import type { Clock } from '../../clock.ts'
import type { ResourceLimits } from '../container-runtime.ts'
import type { ContainerProcess } from './container-process.ts'
import { watchCpu } from './cpu-limit.ts'
import { watchMemory } from './memory-limit.ts'

export interface LimitsSetting {
  limits: ResourceLimits
  processes: ReadonlySet<ContainerProcess>
  clock: Clock
  onOutOfMemory(): void
}

export interface HeldLimits {
  /** New limits for the processes that run. */
  set(limits: ResourceLimits): void
  stop(): void
}

/** What all processes of a container use together. */
export async function totalUsage(
  processes: Iterable<ContainerProcess>,
): Promise<{ memoryBytes: number; cpuNanoseconds: number }> {
  const usages = await Promise.all([...processes].map((one) => one.usage()))
  return {
    memoryBytes: usages.reduce((sum, one) => sum + one.memoryBytes, 0),
    cpuNanoseconds: usages.reduce((sum, one) => sum + one.cpuNanoseconds, 0),
  }
}

/** Starts to watch. */
export function holdLimits({ limits, processes, clock, onOutOfMemory }: LimitsSetting): HeldLimits {
  let current = limits
  const sum = async (read: (one: ContainerProcess) => Promise<number>) => {
    const values = await Promise.all([...processes].map(read))
    return values.reduce((total, value) => total + value, 0)
  }
  const memory = watchMemory({
    limit: () => current.memoryLimitBytes,
    readMemory: async () => (await totalUsage(processes)).memoryBytes,
    onExceeded: onOutOfMemory,
    clock,
  })
  const cpu = watchCpu({
    limit: () => current.cpuLimit,
    readCpu: () => sum((one) => one.cpuNanoseconds()),
    stop() {
      for (const one of processes) one.freeze()
    },
    continue() {
      for (const one of processes) one.thaw()
    },
    clock,
  })

  return {
    set(next) {
      current = next
    },
    stop() {
      memory.stop()
      cpu.stop()
    },
  }
}
