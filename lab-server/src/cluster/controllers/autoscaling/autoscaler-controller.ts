// Scales workloads to what their pods use.
import { isApiError } from '../../apiserver/errors.ts'
import { formatTime } from '../../clock.ts'
import { matchesLabelSelector, matchesPairs } from '../../objects/selectors.ts'
import type { HorizontalPodAutoscaler, KubeObject, LabelSelector, Pod } from '../../objects/types.ts'
import { type Controller, type ControllerContext, defineController } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { type AutoscalerCondition, withCondition } from './autoscaler-status.ts'
import { computeMetrics } from './compute-metrics.ts'
import { limitScale, type ScalingHistory } from './scaling-limits.ts'

const component = 'horizontal-pod-autoscaler'
const syncMs = 15_000
/** No window is longer than this. */
const rememberMs = 3_600_000

/** Scales the targets of HorizontalPodAutoscalers. */
export const autoscalerController: Controller = {
  start: (surroundings) => {
    const histories = new Map<string, ScalingHistory & { dueMs: number }>()
    return defineController({
      kind: 'HorizontalPodAutoscaler',
      async reconcile(autoscaler, context): Promise<RunResult> {
        const id = autoscaler.metadata.uid ?? ''
        const now = context.clock.now()
        const history = histories.get(id) ?? { recommendations: [], changes: [], dueMs: now + syncMs }
        histories.set(id, history)
        // As upstream, whose queue lets each wait out an interval, new ones and changed ones too.
        if (now < history.dueMs) return { requeueAfterMs: history.dueMs - now }
        history.dueMs = now + syncMs
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
  // A new autoscaler does not shrink at once what it finds: the present size counts as the first recommendation.
  if (history.recommendations.length === 0) history.recommendations.push({ replicas: target.replicas, atMs: nowMs })
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
    // As the scale subresource says it.
    if (isApiError(error, 'NotFound')) return error.message.replace(definition.plural, `${definition.plural}/scale`)
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
