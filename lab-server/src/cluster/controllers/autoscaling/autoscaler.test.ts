import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kinds } from '../../objects/kinds.ts'
import type { HorizontalPodAutoscaler } from '../../objects/types.ts'
import { deploymentController } from '../deployment/deployment-controller.ts'
import type { PodUsage } from '../options.ts'
import { replicaSetController } from '../replicaset/replica-set-controller.ts'
import { startFakeKubelet } from '../testing/fake-kubelet.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makeDeployment } from '../testing/objects.ts'
import { autoscalerController } from './autoscaler-controller.ts'

const key = { namespace: 'lab', name: 'web' }
let lab: Harness
/** Millicores that every pod uses, or undefined when there are no metrics. */
let use: number | undefined

beforeEach(() => {
  use = 50
  const metrics = async (): Promise<PodUsage[]> =>
    lab.client.list('Pod').flatMap(({ metadata: { namespace = '', name = '' } }) => {
      const containers = [{ name: 'c', cpuNanocores: (use ?? 0) * 1e6, memoryBytes: 0 }]
      return use === undefined ? [] : [{ namespace, name, containers }]
    })
  lab = startHarness([deploymentController, replicaSetController, autoscalerController], {
    kinds: () => kinds,
    metrics,
  })
  startFakeKubelet(lab.client, { clock: lab.clock })
})
afterEach(() => lab.stop())

/** Declares it and gives it no time. */
const declare = async (
  replicas: number,
  request: string | undefined,
  spec: Partial<HorizontalPodAutoscaler['spec']> = {},
) => {
  const resources = request ? { requests: { cpu: request } } : {}
  lab.client.put(
    makeDeployment({
      replicas,
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'c', image: 'web:1', resources }] },
      },
    }),
  )
  await lab.clock.advance(5000)
  lab.client.put({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: key,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 5,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
      ...spec,
    },
  })
}
/** Declares it, and lets the first interval pass. */
const put = async (...args: Parameters<typeof declare>) => {
  await declare(...args)
  await lab.clock.advance(15_100)
}
const replicas = () => lab.client.get('Deployment', key).spec?.replicas
const status = () => lab.client.get('HorizontalPodAutoscaler', key).status
const conditions = () => status()?.conditions?.map(({ type, status: value, reason }) => `${type}=${value} ${reason}`)
const messages = () =>
  lab.client.events.filter(({ about }) => about.startsWith('Horizontal')).map(({ message }) => message)

describe('an autoscaler', () => {
  it('has no figures before its first interval is over', async () => {
    await declare(3, '10m')
    await lab.clock.advance(14_000)
    expect(status()).toBeUndefined()
    expect(replicas()).toBe(3)
    await lab.clock.advance(2_000)
    expect(status()).toMatchObject({ currentReplicas: 3, desiredReplicas: 5 })
  })

  it('leaves a workload alone whose use is near the target', async () => {
    await put(2, '100m')
    expect(replicas()).toBe(2)
    expect(conditions()).toEqual([
      'AbleToScale=True ReadyForNewScale',
      'ScalingActive=True ValidMetricFound',
      'ScalingLimited=False DesiredWithinRange',
    ])
    expect(status()).toMatchObject({
      currentReplicas: 2,
      desiredReplicas: 2,
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '50m' } } },
      ],
    })
  })

  it('grows by the ratio of use to target and says why', async () => {
    use = 100
    await put(2, '100m')
    expect(replicas()).toBe(4)
    expect(messages()).toEqual(['New size: 4; reason: cpu resource utilization (percentage of request) above target'])
  })

  it('never passes its maximum', async () => {
    use = 1000
    await put(2, '100m')
    await lab.clock.advance(60_000)
    expect(replicas()).toBe(5)
    expect(conditions()).toContain('ScalingLimited=True TooManyReplicas')
  })

  it('shrinks only after five minutes of low use', async () => {
    await put(4, '100m')
    await lab.clock.advance(30_000)
    use = 5
    await lab.clock.advance(200_000)
    expect(replicas()).toBe(4)
    expect(conditions()).toContain('AbleToScale=True ScaleDownStabilized')
    await lab.clock.advance(150_000)
    expect(replicas()).toBe(1)
    expect(messages().at(-1)).toMatch(/^New size: \d; reason: All metrics below target$/)
  })

  it('does not shrink at once what it finds when it is new', async () => {
    use = 5
    await put(4, '100m')
    expect(replicas()).toBe(4)
    expect(conditions()).toContain('AbleToScale=True ScaleDownStabilized')
    await lab.clock.advance(280_000)
    expect(replicas()).toBe(4)
    await lab.clock.advance(40_000)
    expect(replicas()).toBe(1)
  })

  it('cannot work without requests, and names the container', async () => {
    await put(1, undefined)
    expect(replicas()).toBe(1)
    expect(conditions()).toEqual(['AbleToScale=True SucceededGetScale', 'ScalingActive=False FailedGetResourceMetric'])
    expect(messages()[0]).toMatch(
      /^failed to get cpu utilization: missing request for cpu in container c of Pod web-\w+-\w{5}$/,
    )
  })

  it('keeps its hands off while there are no metrics', async () => {
    use = undefined
    await put(3, '100m')
    await lab.clock.advance(60_000)
    expect(replicas()).toBe(3)
    expect(conditions()).toContain('ScalingActive=False FailedGetResourceMetric')
  })

  it('names the metric that failed where others did not', async () => {
    const target = { type: 'Value', value: '5' }
    use = 1
    await put(3, '100m', {
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
        { type: 'External', external: { metric: { name: 'rate' }, target } },
      ],
    })
    expect(replicas()).toBe(3)
    expect(messages()[1]).toMatch(
      /^invalid metrics \(1 invalid out of 2\), first error is: failed to get rate external metric value: failed to get external metric rate: unable to get external metric lab\/rate\/nil: /,
    )
  })

  it('speaks of use, not of utilization, where a quantity is the target', async () => {
    use = undefined
    const target = { type: 'AverageValue', averageValue: '50m' }
    await put(1, '100m', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] })
    expect(messages()[0]).toMatch(/^failed to get cpu usage: /)
    expect(messages()[1]).toMatch(/first error is: failed to get cpu resource metric value: failed to get cpu usage: /)
  })

  it('says that its target does not exist', async () => {
    await put(1, '100m', { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wbe' } })
    expect(conditions()).toEqual(['AbleToScale=False FailedGetScale'])
    expect(messages()[0]).toMatch(/ (deployments\/scale\.apps )?"wbe" not found$/)
  })

  it('stops scaling a workload that was scaled to zero', async () => {
    await put(0, '100m')
    expect(conditions()).toContain('ScalingActive=False ScalingDisabled')
    expect(replicas()).toBe(0)
  })
})
