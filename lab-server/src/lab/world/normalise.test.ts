import { expect, it } from 'vitest'
import type { KubeObject } from '../kubernetes/objects.ts'
import { fieldChanges, isSame, normalise } from './normalise.ts'

const service = (change: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'backend-svc',
    uid: 'u',
    resourceVersion: '7',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
  },
  spec: { selector: { app: 'backend' }, clusterIP: '10.43.0.9', clusterIPs: ['10.43.0.9'] },
  status: {},
  ...change,
})

it('drops what the cluster adds and keeps what a person wrote', () => {
  expect(normalise(service())).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'backend-svc' },
    spec: { selector: { app: 'backend' } },
  })
})

it('takes objects for the same whatever the order of their keys', () => {
  const other = service({ spec: { clusterIP: '10.43.0.10', selector: { app: 'backend' } } })
  expect(isSame(service(), other)).toBe(true)
  expect(isSame(service(), service({ spec: { selector: { app: 'x' } } }))).toBe(false)
})

it('names changed fields, and list items by their names', () => {
  const before = { spec: { containers: [{ name: 'a', image: '1' }, { name: 'b' }], replicas: 2 } }
  const after = { spec: { containers: [{ name: 'b' }, { name: 'a', image: '2' }], replicas: 2, paused: true } }
  expect(fieldChanges(before, after)).toEqual([
    { path: 'spec.containers[a].image', before: '1', after: '2' },
    { path: 'spec.paused', before: undefined, after: true },
  ])
})

it('finds no change in a list whose items have their keys in another order', () => {
  const before = { ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' }], names: [{ a: 1, b: 2 }] }
  const after = { ports: [{ name: 'http', protocol: 'TCP', containerPort: 8080 }], names: [{ b: 2, a: 1 }] }
  expect(fieldChanges(before, after)).toEqual([])
})
