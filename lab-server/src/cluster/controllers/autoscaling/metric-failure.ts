// Why a metric of an autoscaler could not be had, in upstream's words.
import type { HorizontalPodAutoscaler, LabelSelector } from '../../objects/types.ts'

type Metric = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number]

/** Why one metric could not be had. */
export interface MetricFailure {
  reason: string
  /** For the condition and the Event of this metric. */
  message: string
  /** For the Event about all metrics together. */
  summary: string
}

const noCustom =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
const noExternal =
  'unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered'

/** That of a metric of containers, which did not come to a figure. */
export function resourceFailure({ type, resource, containerResource }: Metric, message: string): MetricFailure {
  const what = containerResource ? `${containerResource.container} container` : `${resource?.name} resource`
  return { reason: `FailedGet${type}Metric`, message, summary: `failed to get ${what} metric value: ${message}` }
}

/** That of a metric from elsewhere: no API of the lab's clusters serves these. */
export function unservedFailure({ type, pods, object, external }: Metric, namespace: string): MetricFailure {
  const reason = `FailedGet${type}Metric`
  if (external) {
    const { metric, target } = external
    const message = `unable to get external metric ${namespace}/${metric.name}/${printed(metric.selector)}: ${noExternal}`
    const what = target.averageValue === undefined ? `external metric ${metric.name}` : `${metric.name} external metric`
    const summary = `failed to get ${metric.name} external metric value: failed to get ${what}: ${message}`
    return { reason, message, summary }
  }
  if (object) {
    const { metric, target, describedObject } = object
    const about = `${describedObject.kind} on ${namespace} ${describedObject.name}`
    const message = `unable to get metric ${metric.name}: ${about}/${noCustom}`
    const inner = target.type === 'AverageValue' ? `failed to get ${metric.name} object metric: ` : ''
    return { reason, message, summary: `failed to get object metric value: ${inner}${message}` }
  }
  const message = `unable to get metric ${pods?.metric.name}: ${noCustom}`
  return { reason, message, summary: `failed to get pods metric value: ${message}` }
}

/** A selector as upstream's programs print it. */
function printed(selector: LabelSelector | undefined): string {
  if (!selector) return 'nil'
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`)
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  const matchExpressions = `[]LabelSelectorRequirement{${expressions.join('')}}`
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:${matchExpressions},}`
}
