// How many replicas a resource metric asks for. Same arithmetic and messages as upstream's replica calculator.
import { quantityToMilli } from '../../objects/quantity.ts'
import type { Container, Pod } from '../../objects/types.ts'
import type { PodUsage } from '../options.ts'
import { isPodActive, isPodReady } from '../pod-state.ts'

const tolerance = 0.1

/** One resource metric of an autoscaler. */
export interface ResourceTarget {
  resource: string
  /** For a ContainerResource metric. */
  container?: string | undefined
  utilization?: number | undefined
  averageValue?: string | undefined
}

/** What a metric amounts to, or why it could not be had. */
export type MetricResult = { replicas: number; averageMilli: number; utilization?: number } | { error: string }

/** The number of replicas that brings the metric to its target. */
export function planReplicas(
  target: ResourceTarget,
  { current, pods, usage }: { current: number; pods: Pod[]; usage: PodUsage[] | undefined },
): MetricResult {
  const { resource, container } = target
  const failed = `failed to get ${resource} ${target.utilization === undefined ? 'usage' : 'utilization'}`
  if (!usage) {
    const why =
      'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)'
    return { error: `${failed}: unable to get metrics for resource ${resource}: ${why}` }
  }
  const active = pods.filter(isPodActive)
  const measured = active.filter(isPodReady).flatMap((pod) => {
    const { namespace, name } = pod.metadata
    const measuredPod = usage.find((one) => one.namespace === namespace && one.name === name)
    return measuredPod ? [{ pod, milli: usageMilli(measuredPod, resource, container) }] : []
  })
  if (measured.length === 0) {
    return { error: `${failed}: did not receive metrics for targeted pods (pods might be unready)` }
  }
  const used = measured.reduce((sum, { milli }) => sum + milli, 0)
  const averageMilli = Math.floor(used / measured.length)
  if (target.utilization === undefined) {
    const wanted = quantityToMilli(target.averageValue)
    return {
      replicas: scaled(averageMilli / wanted, { current, ready: measured.length, active: active.length }),
      averageMilli,
    }
  }
  let requested = 0
  for (const { pod } of measured) {
    const request = requestMilli(pod, resource, container)
    if (typeof request === 'string') return { error: `${failed}: ${request}` }
    requested += request
  }
  const utilization = Math.floor((used * 100) / requested)
  const ratio = utilization / target.utilization
  return {
    replicas: scaled(ratio, { current, ready: measured.length, active: active.length }),
    averageMilli,
    utilization,
  }
}

/** Within the tolerance nothing changes; pods that are not ready count as idle when growing, so as not to overshoot. */
function scaled(ratio: number, { current, ready, active }: { current: number; ready: number; active: number }): number {
  if (Math.abs(ratio - 1) <= tolerance) return current
  if (ratio < 1 || ready === active) return Math.ceil(ratio * ready)
  const cautious = (ratio * ready) / active
  return cautious <= 1 + tolerance ? current : Math.ceil(cautious * active)
}

function usageMilli({ containers }: PodUsage, resource: string, container: string | undefined): number {
  return containers
    .filter(({ name }) => container === undefined || name === container)
    .reduce(
      (sum, { cpuNanocores, memoryBytes }) =>
        sum + (resource === 'cpu' ? Math.ceil(cpuNanocores / 1e6) : memoryBytes * 1000),
      0,
    )
}

function requestMilli(pod: Pod, resource: string, container: string | undefined): number | string {
  const containers = (pod.spec?.containers ?? []).filter(({ name }) => container === undefined || name === container)
  const without = containers.find((one) => requestOf(one, resource) === undefined)
  if (without) return `missing request for ${resource} in container ${without.name} of Pod ${pod.metadata.name}`
  return containers.reduce((sum, one) => sum + quantityToMilli(requestOf(one, resource)), 0)
}

function requestOf({ resources }: Container, resource: string): string | undefined {
  return (resources?.requests as Record<string, string> | undefined)?.[resource]
}
