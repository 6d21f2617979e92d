// What a pod asks for as a whole.
import type { Pod, ResourceRequirements } from '../../objects/types.ts'
import { podContainers } from '../pod-containers.ts'
import { formatBytes, formatCpu, quantityValue } from '../quantity.ts'
import { resourcesInEffect } from './container-status.ts'

/** Sums over the containers that run together; an init container counts where it needs more. */
export function podResources(pod: Pod): ResourceRequirements {
  const containers = podContainers(pod).filter(({ role }) => role !== 'ephemeral')
  const total = (list: 'limits' | 'requests') => {
    const sums = new Map<string, { value: number; texts: string[] }>()
    const add = (name: string, text: string) => {
      const sum = sums.get(name) ?? { value: 0, texts: [] }
      sums.set(name, { value: sum.value + quantityValue(text), texts: [...sum.texts, text] })
    }
    for (const { spec, role } of containers) {
      if (role === 'init') continue
      for (const [name, text] of Object.entries(resourcesInEffect(spec)[list] ?? {})) add(name, text)
    }
    for (const { spec, role } of containers) {
      if (role !== 'init') continue
      for (const [name, text] of Object.entries(resourcesInEffect(spec)[list] ?? {})) {
        if (quantityValue(text) > (sums.get(name)?.value ?? 0))
          sums.set(name, { value: quantityValue(text), texts: [text] })
      }
    }
    if (sums.size === 0) return undefined
    return Object.fromEntries([...sums].map(([name, sum]) => [name, formatSum(name, sum)]))
  }
  const limits = total('limits')
  const requests = total('requests')
  return { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) }
}

function formatSum(name: string, { value, texts }: { value: number; texts: string[] }): string {
  const [only] = texts
  if (texts.length === 1 && only !== undefined) return only
  return name === 'cpu' ? formatCpu(value) : formatBytes(value)
}
