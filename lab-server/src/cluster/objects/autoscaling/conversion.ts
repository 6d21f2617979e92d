// autoscaling/v1 knows one metric, CPU utilisation. What else v2 can say travels in annotations, as upstream has it.
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1, KubeObject } from '../types.ts'

const metricsKey = 'autoscaling.alpha.kubernetes.io/metrics'
const currentMetricsKey = 'autoscaling.alpha.kubernetes.io/current-metrics'
const behaviorKey = 'autoscaling.alpha.kubernetes.io/behavior'
const conditionsKey = 'autoscaling.alpha.kubernetes.io/conditions'
const keys = [metricsKey, currentMetricsKey, behaviorKey, conditionsKey]

type SpecV2 = NonNullable<HorizontalPodAutoscaler['spec']>
type StatusV2 = NonNullable<HorizontalPodAutoscaler['status']>

/** The autoscaling/v2 form of an autoscaling/v1 object. */
export function autoscalerToV2(object: KubeObject): KubeObject {
  const { metadata, spec, status } = object as unknown as HorizontalPodAutoscalerV1
  const annotations = { ...metadata.annotations }
  const kept = (key: string) => parse(annotations[key])
  const { targetCPUUtilizationPercentage: target, ...restOfSpec } = spec ?? { maxReplicas: 0, scaleTargetRef: {} }
  const metrics = [...(target === undefined ? [] : [cpuTarget(target)]), ...((kept(metricsKey) as unknown[]) ?? [])]
  const behavior = kept(behaviorKey)
  const { currentCPUUtilizationPercentage: current, ...restOfStatus } = status ?? {}
  const currentMetrics = [
    ...(current === undefined ? [] : [cpuCurrent(current)]),
    ...((kept(currentMetricsKey) as unknown[]) ?? []),
  ]
  const conditions = kept(conditionsKey)
  for (const key of keys) delete annotations[key]
  const converted = {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(metadata, annotations),
    spec: { ...restOfSpec, ...(metrics.length > 0 && { metrics }), ...(behavior !== undefined && { behavior }) },
    ...(status && {
      status: {
        ...restOfStatus,
        ...(currentMetrics.length > 0 && { currentMetrics }),
        ...(conditions !== undefined && { conditions }),
      },
    }),
  }
  return converted as unknown as KubeObject
}

/** The autoscaling/v1 form of an autoscaling/v2 object. */
export function autoscalerFromV2(object: KubeObject): KubeObject {
  const { metadata, spec, status } = object as unknown as HorizontalPodAutoscaler
  const { metrics = [], behavior, ...restOfSpec } = spec ?? ({} as SpecV2)
  const { currentMetrics = [], conditions, ...restOfStatus } = status ?? ({} as StatusV2)
  const cpu = metrics.find(({ resource }) => resource?.name === 'cpu' && resource.target.averageUtilization)
  const cpuNow = currentMetrics.find(({ resource }) => resource?.name === 'cpu' && resource.current.averageUtilization)
  const annotations = { ...metadata.annotations }
  keep(annotations, metricsKey, without(metrics, cpu))
  keep(annotations, currentMetricsKey, without(currentMetrics, cpuNow))
  keep(annotations, behaviorKey, behavior)
  keep(annotations, conditionsKey, conditions)
  const target = cpu?.resource?.target.averageUtilization
  const current = cpuNow?.resource?.current.averageUtilization
  const converted = {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(metadata, annotations),
    spec: { ...restOfSpec, ...(target !== undefined && { targetCPUUtilizationPercentage: target }) },
    ...(status && {
      status: { ...restOfStatus, ...(current !== undefined && { currentCPUUtilizationPercentage: current }) },
    }),
  }
  return converted as unknown as KubeObject
}

function cpuTarget(averageUtilization: number) {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }
}

function cpuCurrent(averageUtilization: number) {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } }
}

function keep(annotations: Record<string, string>, key: string, value: unknown): void {
  if (value !== undefined) annotations[key] = JSON.stringify(value)
}

function without<T>(list: T[], taken: T | undefined): T[] | undefined {
  const rest = list.filter((item) => item !== taken)
  return rest.length > 0 ? rest : undefined
}

function withAnnotations(metadata: KubeObject['metadata'], annotations: Record<string, string>) {
  const { annotations: _, ...rest } = metadata
  return Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
