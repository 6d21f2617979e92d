// What a pod asks for as a whole.
import { addQuantities, compareQuantities } from '../../objects/quantity.ts'
import type { Pod, ResourceRequirements } from '../../objects/types.ts'
import { podContainers } from '../pod-containers.ts'
import { resourcesInEffect } from './container-status.ts'

/** Sums over the containers that run together; an init container counts where it needs more. */
export function podResources(pod: Pod): ResourceRequirements {
  const limits = total(pod, 'limits')
  const requests = total(pod, 'requests')
  return { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) }
}

function total(pod: Pod, list: 'limits' | 'requests'): Record<string, string> | undefined {
  const containers = podContainers(pod).filter(({ role }) => role !== 'ephemeral')
  const amounts = (isInit: boolean) =>
    containers
      .filter(({ role }) => (role === 'init') === isInit)
      .flatMap(({ spec }) => Object.entries(resourcesInEffect(spec)[list] ?? {}))

  const sums = new Map<string, string>()
  for (const [name, amount] of amounts(false)) {
    const sum = sums.get(name)
    sums.set(name, sum === undefined ? amount : addQuantities(sum, amount))
  }
  for (const [name, amount] of amounts(true)) {
    if (compareQuantities(amount, sums.get(name) ?? '0') > 0) sums.set(name, amount)
  }
  return sums.size > 0 ? Object.fromEntries(sums) : undefined
}
