// All metrics of an autoscaler together: each asks for a number of replicas, and the highest counts.
import type { HorizontalPodAutoscaler, Pod } from '../../objects/types.ts'
import type { PodUsage } from '../options.ts'
import { averageQuantity } from './autoscaler-status.ts'
import { type MetricFailure, resourceFailure, unservedFailure } from './metric-failure.ts'
import { type MetricResult, planReplicas, type ResourceTarget } from './replica-calculation.ts'

/** What the metrics of an autoscaler ask for. */
export interface Computed {
  replicas: number
  metric: string
  metrics: unknown[]
}

/** Why they ask for nothing, with the Events that say so. */
export interface NotComputed {
  error: string
  reason: string
  warnings: { reason: string; message: string }[]
}

/** The highest number of replicas that any metric asks for; one that cannot be had prevents only shrinking. */
export function computeMetrics(
  autoscaler: HorizontalPodAutoscaler,
  target: { replicas: number; pods: Pod[] },
  usage: PodUsage[] | undefined,
): Computed | NotComputed {
  const metrics = autoscaler.spec?.metrics ?? []
  let best: Computed | undefined
  const current: unknown[] = []
  const failures: MetricFailure[] = []
  for (const metric of metrics) {
    const type = metric.type
    const source = type === 'ContainerResource' ? metric.containerResource : metric.resource
    if ((type !== 'Resource' && type !== 'ContainerResource') || !source) {
      failures.push(unservedFailure(metric, autoscaler.metadata.namespace ?? ''))
      continue
    }
    const container = 'container' in source ? (source.container as string) : undefined
    const wanted: ResourceTarget = {
      resource: source.name,
      container,
      utilization: source.target.averageUtilization,
      averageValue: source.target.averageValue,
    }
    const result = planReplicas(wanted, { current: target.replicas, pods: target.pods, usage })
    if ('error' in result) {
      failures.push(resourceFailure(metric, result.error))
      continue
    }
    current.push(metricStatus(type, wanted, result))
    if (best && best.replicas >= result.replicas) continue
    best = { replicas: result.replicas, metric: metricName(wanted), metrics: current }
  }
  const [first] = failures
  const mayNotShrink = first && best && best.replicas < target.replicas
  if (best && !mayNotShrink) return { ...best, metrics: current }
  const summary = `invalid metrics (${failures.length} invalid out of ${metrics.length}), first error is: ${first?.summary ?? ''}`
  return {
    error: first?.message ?? 'no metrics to scale on',
    reason: first?.reason ?? 'InvalidMetricSourceType',
    warnings: [...failures, { reason: 'FailedComputeMetricsReplicas', message: summary }],
  }
}

function metricName({ resource, container, utilization }: ResourceTarget): string {
  if (utilization === undefined) return `${resource} resource`
  return `${resource}${container ? ' container' : ''} resource utilization (percentage of request)`
}

function metricStatus(
  type: string,
  { resource, container }: ResourceTarget,
  result: Exclude<MetricResult, { error: string }>,
) {
  const current = {
    ...(result.utilization === undefined ? {} : { averageUtilization: result.utilization }),
    averageValue: averageQuantity(result.averageMilli),
  }
  const source = { name: resource, ...(container ? { container } : {}), current }
  return type === 'ContainerResource' ? { type, containerResource: source } : { type, resource: source }
}
