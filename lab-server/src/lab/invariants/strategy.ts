import type { Deployment } from '../kubernetes/objects.ts'
import { baselineObjects } from '../world/baseline.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

/** Deployments roll out as before. */
export const strategyInvariant: Invariant = {
  id: 'INV-15',
  title: 'Deployments roll out as designed',
  evaluate({ baseline, objects }) {
    const problems: string[] = []
    for (const healthy of baselineObjects<Deployment>(baseline, 'Deployment')) {
      const name = `Deployment/${healthy.metadata.name}`
      const live = objects.find<Deployment>('Deployment', healthy.metadata.name)
      if (!live) continue
      if (live.spec.paused) problems.push(`${name} is paused`)
      const replicas = healthy.spec.replicas ?? 1
      if (effective(live, replicas) !== effective(healthy, replicas)) {
        problems.push(`the rollout strategy of ${name} is ${strategyText(live)} instead of ${strategyText(healthy)}`)
      }
      const progressing = live.status?.conditions?.find((condition) => condition.type === 'Progressing')
      if (progressing?.reason === 'ProgressDeadlineExceeded') problems.push(`the rollout of ${name} does not progress`)
    }
    return outcomeOf('not paused, strategy as before', problems, 'as before')
  },
}

interface RollingUpdate {
  maxUnavailable?: number | string
  maxSurge?: number | string
}

function strategyOf({ spec }: Deployment) {
  const { type = 'RollingUpdate', rollingUpdate } = spec.strategy ?? {}
  const { maxUnavailable = '25%', maxSurge = '25%' } = (rollingUpdate ?? {}) as RollingUpdate
  return { type, maxUnavailable, maxSurge }
}

function strategyText(deployment: Deployment): string {
  const { type, maxUnavailable, maxSurge } = strategyOf(deployment)
  return type === 'RollingUpdate' ? `${type}(unavailable ${maxUnavailable}, surge ${maxSurge})` : type
}

/** What the strategy means for so many pods: a share of them that comes to the same number is the same. */
function effective(deployment: Deployment, replicas: number): string {
  const { type, maxUnavailable, maxSurge } = strategyOf(deployment)
  if (type !== 'RollingUpdate') return type
  return `${podsOf(maxUnavailable, replicas, Math.floor)} ${podsOf(maxSurge, replicas, Math.ceil)}`
}

/** A number of pods, or a percentage of them, rounded as the Deployment controller does: unavailable down, surge up. */
function podsOf(value: number | string, replicas: number, round: (pods: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) * replicas) / 100)
}
