import { afterEach, beforeEach, expect, it } from 'vitest'
import { kinds } from '../../objects/kinds.ts'
import type { KubeObject } from '../../objects/types.ts'
import { controllerReference } from '../ownership.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { garbageCollector } from './garbage-collector.ts'

let lab: Harness
beforeEach(() => {
  lab = startHarness([garbageCollector], { kinds: () => kinds })
})
afterEach(() => lab.stop())

const make = (kind: string, name: string, ...owners: KubeObject[]): KubeObject =>
  lab.client.put({
    apiVersion: kind === 'ReplicaSet' || kind === 'Deployment' ? 'apps/v1' : 'v1',
    kind,
    metadata: {
      name,
      namespace: 'lab',
      ...(owners.length > 0 ? { ownerReferences: owners.map(controllerReference) } : {}),
    },
  })
const exists = (kind: string, name: string) => lab.client.find(kind, { namespace: 'lab', name }) !== undefined

it('deletes the whole tree behind an owner that is gone', async () => {
  const deployment = make('Deployment', 'web')
  const replicaSet = make('ReplicaSet', 'web-1', deployment)
  make('Pod', 'web-1-a', replicaSet)
  await lab.client.remove('Deployment', { namespace: 'lab', name: 'web' })
  await lab.clock.advance(100)
  expect([exists('ReplicaSet', 'web-1'), exists('Pod', 'web-1-a')]).toEqual([false, false])
})

it('deletes an object that was created for an owner that never existed', async () => {
  make('Pod', 'stray', { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'gone', uid: 'gone' } })
  await lab.clock.advance(100)
  expect(exists('Pod', 'stray')).toBe(false)
})

it('keeps dependents that are orphaned, without the reference', async () => {
  const replicaSet = make('ReplicaSet', 'web-1')
  make('Pod', 'a', replicaSet)
  await lab.client.remove('ReplicaSet', { namespace: 'lab', name: 'web-1' }, { propagationPolicy: 'Orphan' })
  await lab.clock.advance(100)
  expect(exists('ReplicaSet', 'web-1')).toBe(false)
  expect(lab.client.get('Pod', { namespace: 'lab', name: 'a' }).metadata.ownerReferences).toBeUndefined()
})

it('deletes dependents before an owner that is deleted in the foreground', async () => {
  const replicaSet = make('ReplicaSet', 'web-1')
  lab.client.put({
    ...make('Pod', 'a', replicaSet),
    metadata: {
      name: 'slow',
      namespace: 'lab',
      finalizers: ['example.com/hold'],
      ownerReferences: [controllerReference(replicaSet)],
    },
  })
  await lab.client.remove('ReplicaSet', { namespace: 'lab', name: 'web-1' }, { propagationPolicy: 'Foreground' })
  await lab.clock.advance(100)
  expect([exists('Pod', 'a'), exists('Pod', 'slow'), exists('ReplicaSet', 'web-1')]).toEqual([false, true, true])
  lab.client.change('Pod', { namespace: 'lab', name: 'slow' }, (pod) => {
    delete pod.metadata.finalizers
  })
  await lab.clock.advance(100)
  expect(exists('ReplicaSet', 'web-1')).toBe(false)
})

it('drops the reference to one owner of two when that one goes', async () => {
  const one = make('ConfigMap', 'one')
  const two = make('ConfigMap', 'two')
  make('Secret', 's', one, two)
  await lab.client.remove('ConfigMap', { namespace: 'lab', name: 'one' })
  await lab.clock.advance(100)
  const owners = lab.client.get('Secret', { namespace: 'lab', name: 's' }).metadata.ownerReferences
  expect(owners?.map(({ name }) => name)).toEqual(['two'])
})

it('leaves objects alone whose owner is of a kind that is not served', async () => {
  make('Pod', 'a', { apiVersion: 'example.com/v1', kind: 'Lab', metadata: { name: 'x', uid: 'x' } })
  await lab.clock.advance(100)
  expect(exists('Pod', 'a')).toBe(true)
})
