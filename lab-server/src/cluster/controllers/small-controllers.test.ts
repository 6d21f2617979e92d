import { afterEach, beforeEach, expect, it } from 'vitest'
import { endpointsMirror } from './endpoints/endpoints-mirror.ts'
import { eventExpiryController } from './event-expiry.ts'
import { ingressStatusController } from './ingress-status.ts'
import { replicationController } from './replicaset/replication-controller.ts'
import { livePods } from './testing/fake-kubelet.ts'
import { type Harness, startHarness } from './testing/harness.ts'
import { makePod, makeService } from './testing/objects.ts'

let lab: Harness
beforeEach(() => {
  lab = startHarness([endpointsMirror, eventExpiryController, ingressStatusController, replicationController], {
    ingress: { address: { ip: '10.99.0.1' }, namespace: 'ingress-nginx', labels: { app: 'controller' } },
  })
})
afterEach(() => lab.stop())

it('forgets an Event an hour after it was last seen', async () => {
  lab.client.put({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'lab' },
    involvedObject: {},
    lastTimestamp: '2026-01-01T00:10:00Z',
  })
  await lab.clock.advance(4_000_000)
  expect(lab.client.list('Event')).toHaveLength(1)
  await lab.clock.advance(300_000)
  expect(lab.client.list('Event')).toHaveLength(0)
})

function putController(isReady: boolean) {
  lab.client.put({
    ...makePod('controller', { app: 'controller' }),
    metadata: { name: 'controller', namespace: 'ingress-nginx', labels: { app: 'controller' } },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  })
}

it('gives an address to an Ingress of the class nginx only, while a pod of the controller is ready', async () => {
  putController(true)
  lab.client.put({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx' },
    spec: { controller: 'k8s.io/ingress-nginx' },
  })
  for (const [name, ingressClassName] of [
    ['good', 'nginx'],
    ['bad', 'ngnix'],
  ] as const) {
    lab.client.put({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, namespace: 'lab' },
      spec: { ingressClassName },
    })
  }
  await lab.clock.advance(10)
  const address = (name: string) => lab.client.get('Ingress', { namespace: 'lab', name }).status?.loadBalancer?.ingress
  expect(address('good')).toEqual([{ ip: '10.99.0.1' }])
  expect(address('bad')).toBeUndefined()
  lab.client.change('Ingress', { namespace: 'lab', name: 'good' }, ({ spec }) => {
    if (spec) spec.ingressClassName = 'traefik'
  })
  await lab.clock.advance(10)
  expect(address('good')).toBeUndefined()
  lab.client.change('Ingress', { namespace: 'lab', name: 'bad' }, ({ spec }) => {
    if (spec) spec.ingressClassName = 'nginx'
  })
  putController(false)
  await lab.clock.advance(10)
  expect(address('bad')).toBeUndefined()
  putController(true)
  await lab.clock.advance(10)
  expect(address('bad')).toEqual([{ ip: '10.99.0.1' }])
  expect(lab.client.events.map(({ reason, message }) => `${reason} ${message}`)).toEqual([
    'Sync Scheduled for sync',
    'Sync Scheduled for sync',
  ])
})

it('mirrors Endpoints that somebody wrote for a Service without a selector', async () => {
  lab.client.put(makeService('legacy', { selector: {} }))
  const subsets = [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 5432, protocol: 'TCP' }] }]
  lab.client.put({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'legacy', namespace: 'lab' }, subsets })
  await lab.clock.advance(10)
  expect(lab.client.list('EndpointSlice')).toMatchObject([
    {
      metadata: {
        labels: {
          'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
          'kubernetes.io/service-name': 'legacy',
        },
      },
      endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
      ports: [{ name: '', port: 5432, protocol: 'TCP' }],
    },
  ])
})

it('runs the pods of a ReplicationController', async () => {
  lab.client.put({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'old', namespace: 'lab' },
    spec: {
      replicas: 2,
      selector: { app: 'old' },
      template: { metadata: { labels: { app: 'old' } }, spec: { containers: [] } },
    },
  })
  await lab.clock.advance(10)
  expect(livePods(lab.client).map(({ metadata }) => metadata.ownerReferences?.[0]?.kind)).toEqual([
    'ReplicationController',
    'ReplicationController',
  ])
  expect(lab.client.events[0]).toMatchObject({ reason: 'SuccessfulCreate', component: 'replication-controller' })
})
