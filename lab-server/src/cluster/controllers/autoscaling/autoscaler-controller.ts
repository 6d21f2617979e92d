// Scales workloads to what their pods use.
import { isApiError } from '../../apiserver/errors.ts'
import { formatTime } from '../../clock.ts'
import { matchesLabelSelector, matchesPairs } from '../../objects/selectors.ts'
import type { HorizontalPodAutoscaler, KubeObject, LabelSelector, Pod } from '../../objects/types.ts'
import type { PodUsage } from '../options.ts'
import { type Controller, type ControllerContext, defineController } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { type AutoscalerCondition, averageQuantity, withCondition } from './autoscaler-status.ts'
import { type MetricResult, planReplicas, type ResourceTarget } from './replica-calculation.ts'
import { limitScale, type ScalingHistory } from './scaling-limits.ts'

const component = 'horizontal-pod-autoscaler'
const syncMs = 15_000
/** No window is longer than this. */
const rememberMs = 3_600_000

/** Scales the targets of HorizontalPodAutoscalers. */
export const autoscalerController: Controller = {
  start: (surroundings) => {
    const histories = new Map<string, ScalingHistory>()
    return defineController({
      kind: 'HorizontalPodAutoscaler',
      async reconcile(autoscaler, context): Promise<RunResult> {
        const id = autoscaler.metadata.uid ?? ''
        const history = histories.get(id) ?? { recommendations: [], changes: [] }
        histories.set(id, history)
        // Its own writes of the status must not make it run faster than its interval.
        const lastMs = context.news.toldAtMs(autoscaler, 'run')
        const spec = JSON.stringify([autoscaler.metadata.uid, autoscaler.spec])
        if (!context.news.isNew(autoscaler, spec, { topic: 'run', everyMs: syncMs })) {
          return { requeueAfterMs: (lastMs ?? 0) + syncMs - context.clock.now() }
        }
        await scale(autoscaler, history, context)
        forgetOld(history, context.clock.now())
        return { requeueAfterMs: syncMs }
      },
    }).start(surroundings)
  },
}

interface Target {
  kind: string
  key: { namespace: string; name: string }
  replicas: number
  pods: Pod[]
}

async function scale(
  autoscaler: HorizontalPodAutoscaler,
  history: ScalingHistory,
  context: ControllerContext,
): Promise<void> {
  const { client, clock } = context
  const nowMs = clock.now()
  const target = findTarget(autoscaler, context)
  let conditions = autoscaler.status?.conditions ?? []
  const set = (type: string, status: 'True' | 'False', reason: string, message: string) => {
    conditions = withCondition(conditions, { type, status, reason, message }, nowMs)
  }
  const warn = (reason: string, message: string) =>
    client.report(autoscaler, { type: 'Warning', reason, message, component })
  if (typeof target === 'string') {
    warn('FailedGetScale', target)
    set(
      'AbleToScale',
      'False',
      'FailedGetScale',
      `the HPA controller was unable to get the target's current scale: ${target}`,
    )
    return writeStatus(autoscaler, { conditions, current: autoscaler.status?.currentReplicas ?? 0 }, context)
  }
  set('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
  if (target.replicas === 0) {
    set(
      'ScalingActive',
      'False',
      'ScalingDisabled',
      'scaling is disabled since the replica count of the target is zero',
    )
    return writeStatus(autoscaler, { conditions, current: 0 }, context)
  }
  const { minReplicas = 1, maxReplicas = 1 } = autoscaler.spec ?? {}
  if (target.replicas > maxReplicas || target.replicas < minReplicas) {
    const tooMany = target.replicas > maxReplicas
    const size = tooMany ? maxReplicas : minReplicas
    const why = tooMany
      ? 'Current number of replicas above Spec.MaxReplicas'
      : 'Current number of replicas below Spec.MinReplicas'
    await resize(autoscaler, target, { size, why, history, context })
    set('AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${size}`)
    return writeStatus(autoscaler, { conditions, current: target.replicas, desired: size, rescaled: true }, context)
  }

  const usage = await context.options.metrics?.()
  const computed = computeMetrics(autoscaler, target, usage)
  if ('error' in computed) {
    for (const { reason, message } of computed.warnings) warn(reason, message)
    set('ScalingActive', 'False', computed.reason, `the HPA was unable to compute the replica count: ${computed.error}`)
    return writeStatus(autoscaler, { conditions, current: target.replicas, desired: target.replicas }, context)
  }
  set(
    'ScalingActive',
    'True',
    'ValidMetricFound',
    `the HPA was able to successfully calculate a replica count from ${computed.metric}`,
  )
  const limits = limitScale(autoscaler, { wanted: computed.replicas, current: target.replicas, history, nowMs })
  history.recommendations.push({ replicas: computed.replicas, atMs: nowMs })
  set('AbleToScale', 'True', limits.able.reason, limits.able.message)
  set('ScalingLimited', limits.limited.isLimited ? 'True' : 'False', limits.limited.reason, limits.limited.message)
  const rescaled = limits.replicas !== target.replicas
  if (rescaled) {
    const why = limits.replicas > target.replicas ? `${computed.metric} above target` : 'All metrics below target'
    await resize(autoscaler, target, { size: limits.replicas, why, history, context })
    set(
      'AbleToScale',
      'True',
      'SucceededRescale',
      `the HPA controller was able to update the target scale to ${limits.replicas}`,
    )
  }
  const report = { conditions, current: target.replicas, desired: limits.replicas, metrics: computed.metrics, rescaled }
  return writeStatus(autoscaler, report, context)
}

interface Computed {
  replicas: number
  metric: string
  metrics: unknown[]
}

interface NotComputed {
  error: string
  reason: string
  warnings: { reason: string; message: string }[]
}

/** The highest number of replicas that any metric asks for; one that cannot be had prevents only shrinking. */
function computeMetrics(
  autoscaler: HorizontalPodAutoscaler,
  target: Target,
  usage: PodUsage[] | undefined,
): Computed | NotComputed {
  const metrics = autoscaler.spec?.metrics ?? []
  let best: Computed | undefined
  const current: unknown[] = []
  const failures: { reason: string; message: string }[] = []
  for (const metric of metrics) {
    const type = metric.type
    const source = type === 'ContainerResource' ? metric.containerResource : metric.resource
    if ((type !== 'Resource' && type !== 'ContainerResource') || !source) {
      const message = `unable to get metric: no metrics returned from ${type === 'External' ? 'external' : 'custom'} metrics API`
      failures.push({ reason: `FailedGet${type}Metric`, message })
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
      failures.push({ reason: `FailedGet${type}Metric`, message: result.error })
      continue
    }
    current.push(metricStatus(type, wanted, result))
    if (best && best.replicas >= result.replicas) continue
    const name = container ? `${source.name} container resource` : `${source.name} resource`
    const how = wanted.utilization === undefined ? '' : ' utilization (percentage of request)'
    best = { replicas: result.replicas, metric: `${name}${how}`, metrics: current }
  }
  const [first] = failures
  const mayNotShrink = first && best && best.replicas < target.replicas
  if (best && !mayNotShrink) return { ...best, metrics: current }
  const error = first?.message ?? 'no metrics to scale on'
  const summary = `invalid metrics (${failures.length} invalid out of ${metrics.length}), first error is: failed to get ${metrics[0]?.resource?.name ?? ''} resource metric value: ${error}`
  return {
    error,
    reason: first?.reason ?? 'InvalidMetricSourceType',
    warnings: [...failures, { reason: 'FailedComputeMetricsReplicas', message: summary }],
  }
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

async function resize(
  autoscaler: HorizontalPodAutoscaler,
  { kind, key, replicas }: Target,
  { size, why, history, context }: { size: number; why: string; history: ScalingHistory; context: ControllerContext },
): Promise<void> {
  await context.client.patch(kind, key, { spec: { replicas: size } }, 'scale')
  history.changes.push({ by: size - replicas, atMs: context.clock.now() })
  const message = `New size: ${size}; reason: ${why}`
  context.client.report(autoscaler, { type: 'Normal', reason: 'SuccessfulRescale', message, component })
}

/** The scaled object and its pods, or why it cannot be had. */
function findTarget(autoscaler: HorizontalPodAutoscaler, { client, options }: ControllerContext): Target | string {
  const { kind = '', name = '', apiVersion = '' } = autoscaler.spec?.scaleTargetRef ?? {}
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  const definition = options.kinds().find((one) => one.kind === kind && one.group === group)
  if (!definition?.subresources.scale) return `no matches for kind "${kind}" in group "${group}"`
  const namespace = autoscaler.metadata.namespace ?? ''
  const fullKind = group === '' ? kind : `${kind}.${group}`
  try {
    const object = client.get(fullKind, { namespace, name }) as KubeObject
    const { replicas = 1, selector } = (object.spec ?? {}) as { replicas?: number; selector?: object }
    const pods = client.list('Pod', { namespace }).filter(({ metadata }) => isSelected(selector, metadata.labels))
    return { kind: fullKind, key: { namespace, name }, replicas, pods }
  } catch (error) {
    if (isApiError(error, 'NotFound')) return error.message
    throw error
  }
}

/** A ReplicationController's selector is plain pairs; every other one has requirements. */
function isSelected(selector: object | undefined, labels: Record<string, string> | undefined): boolean {
  const isPlain = selector !== undefined && !('matchLabels' in selector) && !('matchExpressions' in selector)
  return isPlain
    ? matchesPairs(selector as Record<string, string>, labels)
    : matchesLabelSelector(selector as LabelSelector | undefined, labels)
}

interface Report {
  conditions: AutoscalerCondition[]
  current: number
  desired?: number
  metrics?: unknown[]
  rescaled?: boolean
}

async function writeStatus(
  autoscaler: HorizontalPodAutoscaler,
  { conditions, current, desired, metrics, rescaled }: Report,
  { client, clock }: ControllerContext,
): Promise<void> {
  const { lastScaleTime, currentMetrics, desiredReplicas = 0 } = autoscaler.status ?? {}
  const scaledAt = rescaled ? formatTime(clock.now()) : lastScaleTime
  await client.writeStatus(autoscaler, {
    conditions,
    currentMetrics: metrics ?? (desired === undefined ? currentMetrics : undefined),
    currentReplicas: current,
    desiredReplicas: desired ?? desiredReplicas,
    ...(scaledAt ? { lastScaleTime: scaledAt } : {}),
    ...(autoscaler.metadata.generation === undefined ? {} : { observedGeneration: autoscaler.metadata.generation }),
  })
}

function forgetOld(history: ScalingHistory, nowMs: number): void {
  history.recommendations = history.recommendations.filter(({ atMs }) => nowMs - atMs < rememberMs)
  history.changes = history.changes.filter(({ atMs }) => nowMs - atMs < rememberMs)
}
