import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Deployment, ReplicaSet } from '../../objects/types.ts'
import { makeDeployment } from '../testing/objects.ts'
import { maxSurge, maxUnavailable, sizeOf, totalAvailable, totalSize } from './replica-set-facts.ts'
import { nextNewSize, planOldSizes } from './rolling-update-plan.ts'

const limit = fc.oneof(
  fc.nat(4),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
)

const replicaSet = (name: string, replicas: number, availableReplicas: number): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, creationTimestamp: `2026-01-01T00:00:0${name.length}Z` },
  spec: { replicas, selector: {} },
  status: { replicas, availableReplicas },
})
const resized = (one: ReplicaSet, replicas: number): ReplicaSet => {
  const availableReplicas = Math.min(one.status?.availableReplicas ?? 0, replicas)
  return { ...one, spec: { selector: {}, replicas }, status: { replicas, availableReplicas } }
}

it('never exceeds surge or unavailable, and ends, whatever order pods become ready in', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      limit,
      limit,
      fc.infiniteStream(fc.nat(3)),
      (replicas, surge, unavailable, random) => {
        const deployment: Deployment = makeDeployment({
          replicas,
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
        })
        let current = replicaSet('new1', 0, 0)
        let old = [replicaSet('o', replicas, replicas)]
        for (let step = 0; step < 500; step++) {
          const size = nextNewSize(deployment, [...old, current], current)
          if (size !== sizeOf(current)) current = resized(current, size)
          else {
            const plan = planOldSizes(deployment, current, old)
            old = old.map((one) => resized(one, plan.find(({ replicaSet: it }) => it === one)?.size ?? sizeOf(one)))
          }
          const all = [...old, current]
          expect(totalSize(all)).toBeLessThanOrEqual(replicas + maxSurge(deployment))
          expect(totalAvailable(all)).toBeGreaterThanOrEqual(replicas - maxUnavailable(deployment))
          if (random.next().value > 1) {
            const available = Math.min((current.status?.availableReplicas ?? 0) + 1, sizeOf(current))
            current = { ...current, status: { replicas: sizeOf(current), availableReplicas: available } }
          }
          if (totalSize(old) === 0 && current.status?.availableReplicas === replicas) return
        }
        throw new Error('the rollout did not end')
      },
    ),
    { numRuns: 300 },
  )
})

it('removes pods of the old template that do not work before ones that do', () => {
  const deployment = makeDeployment({ replicas: 4, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } })
  const plan = planOldSizes(deployment, replicaSet('new1', 1, 1), [replicaSet('o', 2, 2), replicaSet('oo', 2, 0)])
  expect(plan.map(({ replicaSet: one, size }) => [one.metadata.name, size])).toEqual([['oo', 0]])
})
