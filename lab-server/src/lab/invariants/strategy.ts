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
      if (strategyText(live) !== strategyText(healthy)) {
        problems.push(`the rollout strategy of ${name} is ${strategyText(live)} instead of ${strategyText(healthy)}`)
      }
      const progressing = live.status?.conditions?.find((condition) => condition.type === 'Progressing')
      if (progressing?.reason === 'ProgressDeadlineExceeded') problems.push(`the rollout of ${name} does not progress`)
    }
    return outcomeOf('not paused, strategy as before', problems, 'as before')
  },
}

function strategyText(deployment: Deployment): string {
  const { type = 'RollingUpdate', rollingUpdate } = deployment.spec.strategy ?? {}
  const numbers = (rollingUpdate ?? {}) as { maxUnavailable?: unknown; maxSurge?: unknown }
  if (type !== 'RollingUpdate') return type
  return `${type}(unavailable ${numbers.maxUnavailable ?? '25%'}, surge ${numbers.maxSurge ?? '25%'})`
}
