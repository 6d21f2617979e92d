// Changed requests and limits of running containers, applied in place where the container allows it.

import { quantityToInteger, quantityToMilli } from '../objects/quantity.ts'
import type { Container } from '../objects/types.ts'
import type { ResourceLimits } from './container-runtime.ts'
import { podContainers } from './pod-containers.ts'
import type { PodScope } from './pod-scope.ts'

/** The limits of a container as the runtime takes them. */
export function containerLimits({ resources }: Pick<Container, 'resources'>): ResourceLimits {
  const memory = quantityToInteger(resources?.limits?.memory)
  const cpu = quantityToMilli(resources?.limits?.cpu) / 1000
  return { ...(memory > 0 ? { memoryLimitBytes: memory } : {}), ...(cpu > 0 ? { cpuLimit: cpu } : {}) }
}

/** What a change of limits asks for. */
export type ResizeStep = 'nothing' | 'in place' | 'restart'

/** Decides by the container's resizePolicy, resource by resource. */
export function planResize(spec: Container, applied: ResourceLimits): ResizeStep {
  const wanted = containerLimits(spec)
  const changed = [
    ...(wanted.cpuLimit === applied.cpuLimit ? [] : ['cpu']),
    ...(wanted.memoryLimitBytes === applied.memoryLimitBytes ? [] : ['memory']),
  ]
  if (changed.length === 0) return 'nothing'
  const needsRestart = (spec.resizePolicy ?? []).some(
    ({ resourceName, restartPolicy }) => restartPolicy === 'RestartContainer' && changed.includes(resourceName),
  )
  return needsRestart ? 'restart' : 'in place'
}

/** Gives every running container the limits that its spec now has. */
export async function resizeContainers(scope: PodScope): Promise<void> {
  const { state } = scope
  for (const { name, spec, role } of podContainers(state.pod)) {
    const running = state.running.get(name)
    const applied = state.limits.get(name)
    if (!running || !applied || role === 'ephemeral') continue
    const step = planResize(spec, applied)
    if (step === 'nothing') continue
    if (step === 'in place' && running.resize) {
      await running.resize(containerLimits(spec))
      state.limits.set(name, containerLimits(spec))
      continue
    }
    const graceSeconds = state.pod.spec?.terminationGracePeriodSeconds ?? 30
    state.kills.set(name, { message: `Container ${name} resize requires restart`, graceSeconds })
  }
}
