import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kinds } from '../../objects/kinds.ts'
import type { Pod, PodDisruptionBudget } from '../../objects/types.ts'
import { controllerReference } from '../ownership.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makeDeployment, makePod } from '../testing/objects.ts'
import { disruptionBudgetController } from './disruption-budget-controller.ts'
import { resourceQuotaController } from './resource-quota-status.ts'
import { roleAggregationController } from './role-aggregation.ts'

let lab: Harness
beforeEach(() => {
  lab = startHarness([disruptionBudgetController, resourceQuotaController, roleAggregationController], {
    kinds: () => kinds,
  })
})
afterEach(() => lab.stop())

describe('a PodDisruptionBudget', () => {
  const status = () => lab.client.get('PodDisruptionBudget', { namespace: 'lab', name: 'web' }).status
  const putBudget = (spec: PodDisruptionBudget['spec']) =>
    lab.client.put({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'lab' },
      spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    })
  const putPods = (ready: boolean[]) => {
    const deployment = lab.client.put(makeDeployment({ replicas: ready.length }))
    const replicaSet = lab.client.put({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web-1', namespace: 'lab', ownerReferences: [controllerReference(deployment)] },
      spec: { replicas: ready.length, selector: { matchLabels: { app: 'web' } } },
    })
    for (const [index, isReady] of ready.entries()) {
      const pod: Pod = makePod(`web-${index}`, { app: 'web' })
      pod.metadata.ownerReferences = [controllerReference(replicaSet)]
      pod.status = { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] }
      lab.client.put(pod)
    }
  }

  it.each<[string, PodDisruptionBudget['spec'], boolean[], object]>([
    [
      'all needed',
      { minAvailable: 2 },
      [true, true],
      { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 },
    ],
    [
      'one to spare',
      { minAvailable: 2 },
      [true, true, true],
      { disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 },
    ],
    [
      'half, rounded up',
      { minAvailable: '50%' },
      [true, true, true],
      { disruptionsAllowed: 1, desiredHealthy: 2, expectedPods: 3 },
    ],
    [
      'one may be missing',
      { maxUnavailable: 1 },
      [true, true, false],
      { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 },
    ],
    [
      'a third, rounded up',
      { maxUnavailable: '30%' },
      [true, true, true, true],
      { disruptionsAllowed: 2, desiredHealthy: 2 },
    ],
  ])('counts: %s', async (_, spec, ready, expected) => {
    putPods(ready)
    putBudget(spec)
    await lab.clock.advance(10)
    expect(status()).toMatchObject(expected)
    const allowed = (status()?.disruptionsAllowed ?? 0) > 0
    expect(status()?.conditions).toMatchObject([
      {
        type: 'DisruptionAllowed',
        status: allowed ? 'True' : 'False',
        reason: allowed ? 'SufficientPods' : 'InsufficientPods',
      },
    ])
  })

  it('says when its selector matches nothing', async () => {
    putBudget({ minAvailable: 1 })
    await lab.clock.advance(10)
    expect(lab.client.events).toMatchObject([{ reason: 'NoPods', message: 'No matching pods found' }])
    expect(status()).toMatchObject({ disruptionsAllowed: 0, expectedPods: 0 })
  })

  it('cannot count a percentage of pods that nobody controls', async () => {
    lab.client.put(makePod('bare', { app: 'web' }))
    putBudget({ maxUnavailable: 1 })
    await lab.clock.advance(10)
    expect(lab.client.events).toMatchObject([
      { reason: 'NoControllers', message: 'found no controllers for pod "bare"' },
    ])
    expect(status()?.conditions?.[0]).toMatchObject({ status: 'False', reason: 'SyncFailed' })
  })
})

it('adds up what a namespace uses of its quota', async () => {
  const hard = { pods: '3', 'requests.cpu': '1', 'count/deployments.apps': '5' }
  lab.client.put({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace: 'lab' }, spec: { hard } })
  const used = () => lab.client.get('ResourceQuota', { namespace: 'lab', name: 'q' }).status
  await lab.clock.advance(10)
  expect(used()).toEqual({ hard, used: { pods: '0', 'requests.cpu': '0', 'count/deployments.apps': '0' } })
  for (const name of ['a', 'b']) {
    lab.client.put(
      makePod(name, {}, { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '200m' } } }] }),
    )
  }
  lab.client.put(makeDeployment())
  await lab.clock.advance(10)
  expect(used()?.used).toEqual({ pods: '2', 'requests.cpu': '400m', 'count/deployments.apps': '1' })
})

it('copies the rules of the ClusterRoles that an aggregated one selects', async () => {
  const put = (name: string, rest: object) =>
    lab.client.put({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, ...rest })
  const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] })
  put('view', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'to-view': 'true' } }] } })
  put('b', { metadata: { name: 'b', labels: { 'to-view': 'true' } }, rules: [rule('pods')] })
  put('a', { metadata: { name: 'a', labels: { 'to-view': 'true' } }, rules: [rule('secrets')] })
  put('other', { rules: [rule('nodes')] })
  await lab.clock.advance(10)
  expect(lab.client.get('ClusterRole', { name: 'view' }).rules).toEqual([rule('secrets'), rule('pods')])
})
