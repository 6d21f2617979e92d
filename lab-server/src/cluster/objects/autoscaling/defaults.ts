// What an API server fills into autoscalers.
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1 } from '../types.ts'

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>
type ScalingRules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>

/** Fills in the defaults: one pod at least, and 80 % CPU where no metric is named. */
export function applyAutoscalerDefaults(autoscaler: HorizontalPodAutoscaler): void {
  const { spec } = autoscaler
  autoscaler.status ??= { desiredReplicas: 0 }
  if (!spec) return
  spec.minReplicas ??= 1
  if (!spec.metrics?.length) {
    const target = { type: 'Utilization', averageUtilization: 80 }
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
  }
  applyBehaviorDefaults(spec)
}

/** Fills in the defaults of the older form. */
export function applyAutoscalerV1Defaults(autoscaler: HorizontalPodAutoscalerV1): void {
  autoscaler.status ??= { currentReplicas: 0, desiredReplicas: 0 }
  if (!autoscaler.spec) return
  autoscaler.spec.minReplicas ??= 1
  const others = autoscaler.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics']
  if (!others) autoscaler.spec.targetCPUUtilizationPercentage ??= 80
}

function applyBehaviorDefaults({ behavior }: Spec): void {
  if (!behavior) return
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 }
  behavior.scaleUp = withRules(behavior.scaleUp, {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent],
  })
  behavior.scaleDown = withRules(behavior.scaleDown, { selectPolicy: 'Max', policies: [percent] })
}

function withRules(given: ScalingRules | undefined, defaults: ScalingRules): ScalingRules {
  const rules = { ...defaults, ...given }
  if (!given?.policies?.length) rules.policies = defaults.policies
  return rules
}
