// How fast and how far an autoscaler may move: its behaviour, its history, its bounds.
import type { HorizontalPodAutoscaler } from '../../objects/types.ts'

type Rules = NonNullable<NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>['scaleUp']>

/** What an autoscaler has wanted and done lately. */
export interface ScalingHistory {
  recommendations: { replicas: number; atMs: number }[]
  /** Changes that were made: positive up, negative down. */
  changes: { by: number; atMs: number }[]
}

/** The number of replicas after all limits, and which limit decided, in upstream's reasons and messages. */
export interface LimitedScale {
  replicas: number
  able: { reason: string; message: string }
  limited: { isLimited: boolean; reason: string; message: string }
}

const ready = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
const defaultUp: Rules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
}
const defaultDown: Rules = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
}

/** Applies stabilisation, rates and bounds to a wanted number of replicas. */
export function limitScale(
  autoscaler: HorizontalPodAutoscaler,
  { wanted, current, history, nowMs }: { wanted: number; current: number; history: ScalingHistory; nowMs: number },
): LimitedScale {
  const { behavior, minReplicas = 1, maxReplicas = 1 } = autoscaler.spec ?? {}
  const up = { ...defaultUp, ...behavior?.scaleUp }
  const down = { ...defaultDown, ...behavior?.scaleDown }
  const { replicas: stable, able } = stabilize(wanted, { current, history, up, down, nowMs })
  const fastest = current + rate(up, current, history.changes, { sign: 1, nowMs })
  const slowest = Math.max(0, current - rate(down, current, history.changes, { sign: -1, nowMs }))
  const highest = Math.min(maxReplicas, fastest)
  const lowest = Math.max(minReplicas, slowest)

  const limit = (replicas: number, reason: string, message: string): LimitedScale => {
    return { replicas, able, limited: { isLimited: true, reason, message } }
  }
  if (stable > highest && stable > current) {
    return highest === maxReplicas
      ? limit(highest, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count')
      : limit(highest, 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate')
  }
  if (stable > maxReplicas)
    return limit(maxReplicas, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count')
  if (stable < minReplicas)
    return limit(
      Math.max(minReplicas, slowest),
      'TooFewReplicas',
      'the desired replica count is less than the minimum replica count',
    )
  if (stable < lowest)
    return limit(lowest, 'ScaleDownLimit', 'the desired replica count is decreasing faster than the maximum scale rate')
  const limited = {
    isLimited: false,
    reason: 'DesiredWithinRange',
    message: 'the desired count is within the acceptable range',
  }
  return { replicas: stable, able, limited }
}

interface Stabilizing {
  current: number
  history: ScalingHistory
  up: Rules
  down: Rules
  nowMs: number
}

function stabilize(wanted: number, { current, history, up, down, nowMs }: Stabilizing) {
  const within = (seconds: number | undefined) =>
    history.recommendations.filter(({ atMs }) => nowMs - atMs < (seconds ?? 0) * 1000).map(({ replicas }) => replicas)
  const lowest = Math.min(wanted, ...within(up.stabilizationWindowSeconds))
  const highest = Math.max(wanted, ...within(down.stabilizationWindowSeconds))
  const replicas = Math.max(Math.min(current, highest), lowest)
  if (replicas > wanted) {
    const message = 'recent recommendations were higher than current one, applying the highest recent recommendation'
    return { replicas, able: { reason: 'ScaleDownStabilized', message } }
  }
  if (replicas < wanted) {
    const message = 'recent recommendations were lower than current one, applying the lowest recent recommendation'
    return { replicas, able: { reason: 'ScaleUpStabilized', message } }
  }
  return { replicas, able: ready }
}

/** How many replicas may be added or taken now. */
function rate(
  rules: Rules,
  current: number,
  changes: ScalingHistory['changes'],
  { sign, nowMs }: { sign: 1 | -1; nowMs: number },
): number {
  if (rules.selectPolicy === 'Disabled') return 0
  const allowed = (rules.policies ?? []).map(({ type, value, periodSeconds }) => {
    const done = changes
      .filter(({ by, atMs }) => by * sign > 0 && nowMs - atMs < periodSeconds * 1000)
      .reduce((sum, { by }) => sum + Math.abs(by), 0)
    const start = current - sign * done
    const step = type === 'Pods' ? value : Math.ceil((start * value) / 100)
    return Math.max(0, step - done)
  })
  if (allowed.length === 0) return Number.POSITIVE_INFINITY
  return rules.selectPolicy === 'Min' ? Math.min(...allowed) : Math.max(...allowed)
}
