import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isPodReady } from '../pod-state.ts'
import { replicaSetController } from '../replicaset/replica-set-controller.ts'
import { livePods, startFakeKubelet } from '../testing/fake-kubelet.ts'
import { startHarness } from '../testing/harness.ts'
import { makeDeployment } from '../testing/objects.ts'
import { deploymentController } from './deployment-controller.ts'
import { maxSurge, maxUnavailable } from './replica-set-facts.ts'

const key = { namespace: 'lab', name: 'web' }
const scenario = fc.record({
  replicas: fc.integer({ min: 1, max: 6 }),
  surge: fc.oneof(fc.nat(3), fc.constantFrom('25%', '50%', '100%')),
  unavailable: fc.oneof(fc.nat(3), fc.constantFrom('25%', '50%', '100%')),
  delays: fc.array(fc.integer({ min: 10, max: 20_000 }), { minLength: 1, maxLength: 20 }),
  changes: fc.array(
    fc.record({ afterMs: fc.integer({ min: 100, max: 30_000 }), image: fc.constantFrom('web:2', 'web:3') }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
})

it('keeps within surge and unavailable whatever pods do and however often the template changes', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ replicas, surge, unavailable, delays, changes }) => {
      const lab = startHarness([deploymentController, replicaSetController])
      let started = 0
      startFakeKubelet(lab.client, { clock: lab.clock, readyAfterMs: () => delays[started++ % delays.length] })
      const rollingUpdate = { maxSurge: surge, maxUnavailable: unavailable }
      const deployment = makeDeployment({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate } })
      lab.client.put(deployment)
      await lab.clock.advance(30_000)
      lab.client.watch('Pod', () => {
        const live = livePods(lab.client)
        expect(live.length).toBeLessThanOrEqual(replicas + maxSurge(deployment))
        expect(live.filter(isPodReady).length).toBeGreaterThanOrEqual(replicas - maxUnavailable(deployment))
      })
      for (const { afterMs, image } of changes) {
        lab.client.change('Deployment', key, ({ spec }) => {
          const container = spec?.template.spec?.containers[0]
          if (container) container.image = image
        })
        await lab.clock.advance(afterMs)
      }
      await lab.clock.advance(300_000)
      const images = livePods(lab.client).map(({ spec }) => spec?.containers[0]?.image)
      expect(images).toEqual(Array(replicas).fill(changes.at(-1)?.image))
      expect(lab.client.get('Deployment', key).status?.conditions?.at(-1)?.reason).toBe('NewReplicaSetAvailable')
      await lab.stop()
    }),
    { numRuns: 25 },
  )
}, 60_000)
