import { expect, it } from 'vitest'
import { conflict } from '../apiserver/errors.ts'
import { controllerReference } from './ownership.ts'
import { defineController, keyOf, mapKind } from './runtime.ts'
import { startHarness } from './testing/harness.ts'
import { makeDeployment, makePod } from './testing/objects.ts'

const key = { namespace: 'lab', name: 'web' }

it('tells a controller of its objects, of what they own, and of what it mapped', async () => {
  const runs: string[] = []
  const lab = startHarness([
    defineController({
      kind: 'Deployment',
      owns: ['Pod'],
      watches: [mapKind('ConfigMap', ({ object }) => [{ ...keyOf(object), name: 'web' }])],
      async reconcile({ metadata }) {
        runs.push(`${metadata.namespace}/${metadata.name}`)
        return undefined
      },
    }),
  ])
  const deployment = lab.client.put(makeDeployment())
  await lab.clock.advance(0)
  const pod = makePod('a')
  pod.metadata.ownerReferences = [controllerReference(deployment)]
  lab.client.put(pod)
  lab.client.put(makePod('stray'))
  await lab.clock.advance(0)
  lab.client.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'lab' } })
  await lab.clock.advance(0)
  expect(runs).toEqual(['lab/web', 'lab/web', 'lab/web'])
  await lab.stop()
})

it('cleans up after objects that are being deleted, and hears of those that are gone', async () => {
  const seen: string[] = []
  const lab = startHarness([
    defineController({
      kind: 'Deployment',
      async reconcile() {
        seen.push('reconcile')
        return undefined
      },
      async cleanup() {
        seen.push('cleanup')
        return undefined
      },
      async removed({ name }) {
        seen.push(`removed ${name}`)
        return undefined
      },
    }),
  ])
  lab.client.put({ ...makeDeployment(), metadata: { ...key, finalizers: ['example.com/hold'] } })
  await lab.clock.advance(0)
  await lab.client.remove('Deployment', key)
  await lab.clock.advance(0)
  lab.client.change('Deployment', key, ({ metadata }) => {
    delete metadata.finalizers
  })
  await lab.clock.advance(0)
  expect(seen).toEqual(['reconcile', 'cleanup', 'removed web'])
  await lab.stop()
})

it('hands out objects that nobody can change', async () => {
  const errors: string[] = []
  const lab = startHarness(
    [
      defineController({
        kind: 'Deployment',
        async reconcile({ spec }) {
          if (spec) spec.replicas = 7
          return undefined
        },
      }),
    ],
    { onError: (error) => errors.push(String(error)) },
  )
  lab.client.put(makeDeployment())
  await lab.clock.advance(0)
  expect(errors[0]).toContain('read only property')
  await lab.stop()
})

it('tries again after losing a race, without calling it an error', async () => {
  let runs = 0
  const lab = startHarness([
    defineController({
      kind: 'Deployment',
      async reconcile() {
        if (++runs < 3) throw conflict({ group: 'apps', plural: 'deployments' }, 'web')
        return undefined
      },
    }),
  ])
  lab.client.put(makeDeployment())
  await lab.clock.advance(1000)
  expect(runs).toBe(3)
  await lab.stop()
})

it('survives a mapping that fails, and says so', async () => {
  const errors: string[] = []
  let runs = 0
  const lab = startHarness(
    [
      defineController({
        kind: 'Deployment',
        watches: [
          mapKind('ConfigMap', () => {
            throw new Error('no')
          }),
        ],
        async reconcile() {
          runs++
          return undefined
        },
      }),
    ],
    { onError: (_, where) => errors.push(where) },
  )
  lab.client.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'lab' } })
  lab.client.put(makeDeployment())
  await lab.clock.advance(0)
  expect([runs, errors]).toEqual([1, ['Deployment watching ConfigMap']])
  await lab.stop()
})
