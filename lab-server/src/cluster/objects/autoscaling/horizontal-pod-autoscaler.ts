import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1 } from '../types.ts'
import { listWithMore } from '../workload-cells.ts'
import { autoscalerFromV2, autoscalerToV2 } from './conversion.ts'
import { applyAutoscalerDefaults, applyAutoscalerV1Defaults } from './defaults.ts'
import { autoscalerErrors, boundsErrors } from './validation.ts'

type Metric = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number]
type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number]

const columns = [
  nameColumn,
  plain('Reference'),
  plain('Targets'),
  plain('MinPods'),
  plain('MaxPods'),
  plain('Replicas'),
  ageColumn,
]

const shared = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: { status: true },
  columns,
}

/** Changes the number of pods with their load. */
export const horizontalPodAutoscaler = defineKind<HorizontalPodAutoscaler>({
  ...shared,
  version: 'v2',
  applyDefaults: applyAutoscalerDefaults,
  validate: autoscalerErrors,
  cells: (autoscaler, context) => row(autoscaler, targets(autoscaler), context.nowMs),
})

/** The same in the form that knows only CPU utilisation. */
export const horizontalPodAutoscalerV1 = defineKind<HorizontalPodAutoscalerV1>({
  ...shared,
  version: 'v1',
  storedAs: {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    toStored: autoscalerToV2,
    fromStored: autoscalerFromV2,
  },
  applyDefaults: applyAutoscalerV1Defaults,
  validate: boundsErrors,
  cells(autoscaler, { nowMs }) {
    const target = autoscaler.spec?.targetCPUUtilizationPercentage
    const current = autoscaler.status?.currentCPUUtilizationPercentage
    const cpu = target === undefined ? '<none>' : `cpu: ${percent(current)}/${percent(target)}`
    return row(autoscaler, cpu, nowMs)
  },
})

function row(
  { metadata, spec, status }: HorizontalPodAutoscaler | HorizontalPodAutoscalerV1,
  targets: string,
  nowMs: number,
): unknown[] {
  return [
    metadata.name,
    `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`,
    targets,
    spec?.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec?.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    age(metadata.creationTimestamp, nowMs),
  ]
}

function targets({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? []
  if (metrics.length === 0) return '<none>'
  return listWithMore(
    metrics.map((metric, i) => metricText(metric, status?.currentMetrics?.[i])),
    2,
    ', ',
  )
}

function metricText(metric: Metric, status: MetricStatus | undefined): string {
  switch (metric.type) {
    case 'Resource':
      return resourceText(metric.resource, status?.resource)
    case 'ContainerResource':
      return resourceText(metric.containerResource, status?.containerResource)
    case 'Pods':
      return `${status?.pods?.current.averageValue || '<unknown>'}/${metric.pods?.target.averageValue}`
    case 'Object':
      return valueText(metric.object?.target, status?.object?.current)
    case 'External':
      return valueText(metric.external?.target, status?.external?.current)
    default:
      return '<unknown type>'
  }
}

interface Amount {
  averageUtilization?: number
  averageValue?: string
  value?: string
}

function resourceText(
  metric: { name: string; target: Amount } | undefined,
  status: { current: Amount } | undefined,
): string {
  if (metric?.target.averageValue !== undefined) {
    return `${metric.name}: ${status?.current.averageValue ?? '<unknown>'}/${metric.target.averageValue}`
  }
  const target = metric?.target.averageUtilization
  return `${metric?.name}: ${percent(status?.current.averageUtilization)}/${target === undefined ? '<auto>' : percent(target)}`
}

function valueText(target: Amount | undefined, current: Amount | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`
  return `${current?.value ?? '<unknown>'}/${target?.value}`
}

function percent(value: number | undefined): string {
  return value === undefined ? '<unknown>' : `${value}%`
}
