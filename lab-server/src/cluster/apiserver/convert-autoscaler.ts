// autoscaling/v1 knows one metric, the CPU percentage; autoscaling/v2 is stored. What v1 cannot say is left out of its view
// (upstream carries it in annotations), so that a v1 write replaces the metrics by the percentage it names.
import type { KubeObject } from '../objects/types.ts'

interface CpuMetric {
  type: string
  resource?: {
    name: string
    target?: { averageUtilization?: number }
    current?: { averageUtilization?: number }
  }
}

/** The autoscaling/v2 form of an autoscaling/v1 object. */
export function autoscalerToV2(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = fieldsOf(object.spec)
  const { currentCPUUtilizationPercentage: current, ...status } = fieldsOf(object.status)
  const metric = (part: object) => [{ type: 'Resource', resource: { name: 'cpu', ...part } }]
  const metrics = metric({ target: { type: 'Utilization', averageUtilization: target } })
  const currentMetrics = metric({ current: { averageUtilization: current } })
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    spec: { ...spec, ...(target === undefined ? {} : { metrics }) },
    status: { ...status, ...(current === undefined ? {} : { currentMetrics }) },
  }
}

/** The autoscaling/v1 form of a stored autoscaling/v2 object. */
export function autoscalerFromV2(object: KubeObject): KubeObject {
  const { metrics, behavior: _behavior, ...spec } = fieldsOf(object.spec)
  const { currentMetrics, conditions: _conditions, ...status } = fieldsOf(object.status)
  const target = cpuOf(metrics)?.resource?.target?.averageUtilization
  const current = cpuOf(currentMetrics)?.resource?.current?.averageUtilization
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: { ...status, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) },
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return (value ?? {}) as Record<string, unknown>
}

function cpuOf(metrics: unknown): CpuMetric | undefined {
  return (metrics as CpuMetric[] | undefined)?.find(
    (metric) => metric.type === 'Resource' && metric.resource?.name === 'cpu',
  )
}
