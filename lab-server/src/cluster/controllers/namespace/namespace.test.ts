import { afterEach, beforeEach, expect, it } from 'vitest'
import { kinds } from '../../objects/kinds.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makePod } from '../testing/objects.ts'
import { namespaceController } from './namespace-controller.ts'
import { rootCaPublisher, serviceAccountController } from './namespace-furniture.ts'

let lab: Harness
const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'lab' },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
}

beforeEach(() => {
  lab = startHarness([namespaceController, rootCaPublisher, serviceAccountController], {
    kinds: () => kinds,
    rootCa: 'PEM',
  })
})
afterEach(() => lab.stop())

it('gives every namespace the CA and a default ServiceAccount, again after they are deleted', async () => {
  lab.client.put(namespace)
  await lab.clock.advance(10)
  await lab.client.remove('ServiceAccount', { namespace: 'lab', name: 'default' })
  await lab.client.remove('ConfigMap', { namespace: 'lab', name: 'kube-root-ca.crt' })
  await lab.clock.advance(10)
  expect(lab.client.get('ConfigMap', { namespace: 'lab', name: 'kube-root-ca.crt' }).data).toEqual({ 'ca.crt': 'PEM' })
  expect(lab.client.find('ServiceAccount', { namespace: 'lab', name: 'default' })).toBeDefined()
})

it('deletes pods first, then the rest, then lets the namespace go', async () => {
  lab.client.put(namespace)
  lab.client.put(makePod('a', {}, { nodeName: 'node-1' }))
  lab.client.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'lab' } })
  await lab.client.remove('Namespace', { name: 'lab' })
  await lab.clock.advance(10)
  expect(lab.client.find('ConfigMap', { namespace: 'lab', name: 'c' })).toBeDefined()
  await lab.client.remove('Pod', { namespace: 'lab', name: 'a' }, { gracePeriodSeconds: 0 })
  await lab.clock.advance(10)
  expect(lab.client.find('ConfigMap', { namespace: 'lab', name: 'c' })).toBeUndefined()
  expect(lab.client.find('Namespace', { name: 'lab' })).toBeUndefined()
})

it('says in upstream words what holds a namespace up', async () => {
  lab.client.put(namespace)
  lab.client.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'held', namespace: 'lab', finalizers: ['example.com/hold'] },
  })
  await lab.client.remove('Namespace', { name: 'lab' })
  await lab.clock.advance(10)
  const conditions = lab.client.get('Namespace', { name: 'lab' }).status?.conditions ?? []
  expect(conditions.map(({ type, status, reason, message }) => [type, status, reason, message])).toEqual([
    ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      'NamespaceContentRemaining',
      'True',
      'SomeResourcesRemain',
      'Some resources are remaining: configmaps. has 1 resource instances',
    ],
    [
      'NamespaceFinalizersRemaining',
      'True',
      'SomeFinalizersRemain',
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ],
  ])
  lab.client.change('ConfigMap', { namespace: 'lab', name: 'held' }, (object) => {
    delete object.metadata.finalizers
  })
  await lab.clock.advance(6000)
  expect(lab.client.find('Namespace', { name: 'lab' })).toBeUndefined()
})
