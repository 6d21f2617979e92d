import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeKindTable } from './kind-table.ts'
import type { KubeObject } from './types.ts'

const table = makeKindTable()
const golden = (name: string) => JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8'))
const nowMs = Date.parse('2026-11-23T03:00:00Z')
const created = '2026-11-23T02:50:00Z'

/** The row of an object that is ten minutes old, by column. */
function row(kindName: string, content: object): Record<string, unknown> {
  const kind = table.findByKind(kindName)
  const object = { metadata: { name: 'x', creationTimestamp: created }, ...content } as unknown as KubeObject
  const cells = kind?.cells(object, { nowMs }) ?? []
  return Object.fromEntries((kind?.columns ?? []).map(({ name }, i) => [name, cells[i]]))
}

test('Events read as on a real cluster', () => {
  const events: KubeObject[] = golden('events.json')
  const kind = table.findByKind('Event')
  for (const expected of golden('tables.json').events.rows as unknown[][]) {
    const event = events.find(({ metadata }) => metadata.name === expected.at(-1)) as KubeObject
    const first = (event.firstTimestamp ?? event.eventTime) as string
    const seconds = Number.parseInt(String(expected[0]), 10)
    expect(kind?.cells(event, { nowMs: Date.parse(first) + seconds * 1000 })).toEqual(expected)
  }
})

test('a repeated Event tells when it was last seen', () => {
  const event = {
    type: 'Warning',
    reason: 'BackOff',
    involvedObject: { kind: 'Pod', name: 'p' },
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: '2026-11-23T02:50:00Z',
    lastTimestamp: '2026-11-23T02:59:30Z',
    count: 7,
    message: ' Back-off \n',
  }
  expect(row('Event', event)).toMatchObject({
    'Last Seen': '30s',
    'First Seen': '10m',
    Object: 'pod/p',
    Source: 'kubelet, node-1',
    Message: 'Back-off',
    Count: 7,
  })
})

test.each([
  [
    { type: 'ClusterIP', clusterIP: 'None' },
    { 'Cluster-IP': 'None', 'External-IP': '<none>', 'Port(s)': '<none>' },
  ],
  [
    { type: 'NodePort', clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] },
    { 'External-IP': '<none>', 'Port(s)': '80:30080/TCP' },
  ],
  [
    { type: 'LoadBalancer', ports: [{ port: 80, protocol: 'TCP' }] },
    { 'External-IP': '<pending>', 'Port(s)': '80/TCP' },
  ],
  [
    { type: 'ExternalName', externalName: 'a.b' },
    { 'Cluster-IP': '<none>', 'External-IP': 'a.b' },
  ],
])('a Service with %j', (spec, expected) => {
  expect(row('Service', { spec })).toMatchObject(expected)
})

test.each([
  [
    {
      status: {
        conditions: [{ type: 'Complete', status: 'True' }],
        succeeded: 3,
        startTime: created,
        completionTime: '2026-11-23T02:50:09Z',
      },
      spec: { completions: 3 },
    },
    { Status: 'Complete', Completions: '3/3', Duration: '9s' },
  ],
  [
    { status: { conditions: [{ type: 'Failed', status: 'True' }], startTime: created }, spec: { completions: 1 } },
    { Status: 'Failed', Completions: '0/1', Duration: '10m' },
  ],
  [
    { status: {}, spec: { parallelism: 3 } },
    { Status: 'Running', Completions: '0/1 of 3', Duration: '' },
  ],
  [
    { status: { conditions: [{ type: 'Suspended', status: 'True' }] }, spec: { completions: 1 } },
    { Status: 'Suspended' },
  ],
])('a Job with %j', (job, expected) => {
  expect(row('Job', job)).toMatchObject(expected)
})

test('a CronJob tells when it last ran', () => {
  const spec = { schedule: '* * * * *', suspend: true, jobTemplate: { spec: { template: {} } } }
  expect(row('CronJob', { spec, status: { lastScheduleTime: '2026-11-23T02:59:00Z' } })).toMatchObject({
    Suspend: 'True',
    Timezone: '<none>',
    Active: 0,
    'Last Schedule': '60s',
  })
  expect(row('CronJob', { spec })).toMatchObject({ 'Last Schedule': '<none>' })
})

test('an autoscaler shows the first two of its targets', () => {
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } }
  const memory = { type: 'Resource', resource: { name: 'memory', target: { averageValue: '1Gi' } } }
  const spec = { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 3 }
  const status = {
    currentReplicas: 2,
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 7 } } }],
  }
  expect(row('HorizontalPodAutoscaler', { spec: { ...spec, metrics: [cpu] } })).toMatchObject({
    Reference: 'Deployment/web',
    Targets: 'cpu: <unknown>/50%',
    Replicas: 0,
  })
  expect(row('HorizontalPodAutoscaler', { spec: { ...spec, metrics: [cpu, memory, memory] }, status })).toMatchObject({
    Targets: 'cpu: 7%/50%, memory: <unknown>/1Gi + 1 more...',
    Replicas: 2,
  })
})

test('a quota lists requests and limits apart', () => {
  const hard = { pods: '2', 'requests.cpu': '200m', 'limits.memory': '256Mi' }
  expect(row('ResourceQuota', { status: { hard, used: { pods: '2', 'requests.cpu': '100m' } } })).toMatchObject({
    Request: 'pods: 2/2, requests.cpu: 100m/200m',
    Limit: 'limits.memory: 0/256Mi',
  })
})

test('a node that is drained or in trouble says so', () => {
  const ready = (status: string) => ({ conditions: [{ type: 'Ready', status }] })
  expect(row('Node', { spec: { unschedulable: true }, status: ready('True') }).Status).toBe('Ready,SchedulingDisabled')
  expect(row('Node', { status: ready('Unknown') }).Status).toBe('NotReady')
  expect(row('Node', { status: {} }).Status).toBe('Unknown')
  const labels = { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' }
  expect(row('Node', { metadata: { name: 'n', labels } }).Roles).toBe('control-plane,worker')
})

test('endpoints beyond three are counted', () => {
  const addresses = ['1', '2', '3', '4', '5'].map((last) => ({ ip: `10.0.0.${last}` }))
  expect(row('Endpoints', { subsets: [{ addresses, ports: [{ port: 80 }] }] }).Endpoints).toBe(
    '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...',
  )
  expect(row('Endpoints', {}).Endpoints).toBe('<none>')
  expect(row('Endpoints', { subsets: [{ notReadyAddresses: addresses, ports: [{ port: 80 }] }] }).Endpoints).toBe('')
})

test('a claim shows its volume once it is bound', () => {
  const status = { phase: 'Bound', accessModes: ['ReadWriteMany', 'ReadWriteOnce'], capacity: { storage: '5Gi' } }
  expect(row('PersistentVolumeClaim', { spec: { volumeName: 'pv-1' }, status })).toMatchObject({
    Volume: 'pv-1',
    Capacity: '5Gi',
    'Access Modes': 'RWO,RWX',
  })
  expect(row('PersistentVolumeClaim', { spec: {}, status: { phase: 'Pending' } })).toMatchObject({
    Capacity: '',
    'Access Modes': '',
  })
})

test('the default storage class is marked', () => {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
  expect(row('StorageClass', { metadata: { name: 'local-path', annotations } }).Name).toBe('local-path (default)')
})
