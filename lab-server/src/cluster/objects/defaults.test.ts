import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { makeKindTable } from './kind-table.ts'
import type { KubeObject, Pod, PodTemplateSpec } from './types.ts'

const golden = (name: string) => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')
const recorded: KubeObject[] = JSON.parse(golden('objects.json'))
const applied: KubeObject[] = parseAllDocuments(golden('taskmaster.yaml')).map((document) => document.toJS())
const table = makeKindTable()

const find = (kind: string, name: string | undefined) =>
  recorded.find((object) => object.kind === kind && object.metadata.name === name) as KubeObject

/** `object` as the API server would complete it. */
function defaulted<T>(kind: string, object: T, old?: KubeObject): T {
  const copy = structuredClone(object) as T & KubeObject
  table.findByKind(kind)?.applyDefaults?.(copy, old)
  return copy
}

const contentOf = ({ metadata, status, apiVersion, kind, ...content }: KubeObject) => content

describe('applying TaskMaster', () => {
  test.each(applied.map((object) => [object.kind, object.metadata.name, object] as const))(
    '%s %s is completed as on a real cluster',
    (kind, name, object) => {
      const expected = contentOf(structuredClone(find(kind, name)))
      const spec = expected.spec as Record<string, unknown> | undefined
      if (kind === 'PersistentVolumeClaim') delete spec?.volumeName
      if (kind === 'Service') {
        // Addresses are allocated later.
        delete spec?.clusterIP
        delete spec?.clusterIPs
      }
      expect(contentOf(defaulted(kind, object))).toEqual(expected)
    },
  )

  test('a pod is completed from its template, but for what admission and the scheduler add', () => {
    const pod = find('Pod', 'backend-7495c5985f-4x6wk') as Pod
    const { spec } = find('ReplicaSet', 'backend-7495c5985f') as KubeObject & { spec: { template: PodTemplateSpec } }
    const made = defaulted('Pod', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {},
      spec: spec.template.spec,
    } as unknown as Pod)
    const {
      nodeName,
      preemptionPolicy,
      priority,
      serviceAccount,
      serviceAccountName,
      tolerations,
      volumes,
      ...expected
    } = structuredClone(pod.spec) as NonNullable<Pod['spec']>
    delete expected.containers[0]?.volumeMounts
    expect(made.spec).toEqual(expected)
    expect(made.status).toEqual({ phase: 'Pending', qosClass: 'Burstable' })
  })

  test('defaulting twice changes nothing', () => {
    for (const object of recorded) expect(defaulted(object.kind, object, object)).toEqual(object)
  })
})

describe('a pod', () => {
  const pod = (spec: object) =>
    defaulted('Pod', { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec } as unknown as Pod)

  test('asks for its limits where it names no requests', () => {
    const limits = { cpu: '1', memory: '1Gi' }
    const { spec, status } = pod({
      containers: [{ name: 'a', image: 'b', resources: { limits, requests: { cpu: '500m' } } }],
    })
    expect(spec?.containers[0]?.resources?.requests).toEqual({ cpu: '500m', memory: '1Gi' })
    expect(status?.qosClass).toBe('Burstable')
  })

  test.each([
    [undefined, 'BestEffort'],
    [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
    [{ limits: { memory: '1Gi' } }, 'Burstable'],
    [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m' } }, 'Guaranteed'],
  ])('with resources %j is %s', (resources, expected) => {
    expect(pod({ containers: [{ name: 'a', image: 'b', resources }] }).status?.qosClass).toBe(expected)
  })

  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.25', 'IfNotPresent'],
    ['localhost:5000/nginx', 'Always'],
    ['localhost:5000/nginx:1', 'IfNotPresent'],
    ['nginx@sha256:abc', 'IfNotPresent'],
  ])('pulls %s %s', (image, policy) => {
    expect(pod({ containers: [{ name: 'a', image }] }).spec?.containers[0]?.imagePullPolicy).toBe(policy)
  })

  test('gets an empty directory for a volume without a source, and file modes', () => {
    const { spec } = pod({
      containers: [{ name: 'a', image: 'b' }],
      volumes: [{ name: 'x' }, { name: 'c', configMap: { name: 'c' } }],
    })
    expect(spec?.volumes).toEqual([
      { name: 'x', emptyDir: {} },
      { name: 'c', configMap: { name: 'c', defaultMode: 420 } },
    ])
  })
})

describe('a Service', () => {
  const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec })
  const old = service({
    type: 'NodePort',
    clusterIP: '10.43.0.9',
    clusterIPs: ['10.43.0.9'],
    ports: [{ port: 80, protocol: 'TCP', nodePort: 30080, targetPort: 80 }],
  })

  test('keeps its address and node ports when a writer leaves them out', () => {
    const { spec } = defaulted('Service', service({ type: 'NodePort', ports: [{ port: 80 }] }), old as KubeObject)
    expect(spec).toMatchObject({ clusterIP: '10.43.0.9', clusterIPs: ['10.43.0.9'], ports: [{ nodePort: 30080 }] })
  })

  test('gives up its address when it becomes a name', () => {
    const changed = structuredClone(old) as KubeObject & { spec: Record<string, unknown> }
    changed.spec.type = 'ExternalName'
    changed.spec.externalName = 'db.internal.invalid'
    const { spec } = defaulted('Service', changed, old as KubeObject)
    expect(spec).toEqual({
      type: 'ExternalName',
      externalName: 'db.internal.invalid',
      sessionAffinity: 'None',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    })
  })

  test('closes its node ports when it becomes internal', () => {
    const changed = structuredClone(old) as KubeObject & { spec: Record<string, unknown> }
    changed.spec.type = 'ClusterIP'
    const { spec } = defaulted('Service', changed, old as KubeObject)
    expect(spec.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }])
  })
})

test('a new Job selects its pods by its uid', () => {
  const job = defaulted('Job', {
    metadata: { name: 'j', uid: 'u' },
    spec: { template: { spec: { containers: [{ name: 'a', image: 'b' }], restartPolicy: 'Never' } } },
  } as unknown as KubeObject)
  expect(job.spec).toMatchObject({
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
    template: { metadata: { labels: { 'batch.kubernetes.io/job-name': 'j', 'job-name': 'j', 'controller-uid': 'u' } } },
  })
})

test('a LimitRange defaults a container’s limit to the largest allowed', () => {
  const range = defaulted('LimitRange', {
    metadata: {},
    spec: { limits: [{ type: 'Container', max: { memory: '128Mi' }, default: { cpu: '200m' } }] },
  } as unknown as KubeObject)
  expect(range.spec).toEqual({
    limits: [
      {
        type: 'Container',
        max: { memory: '128Mi' },
        default: { cpu: '200m', memory: '128Mi' },
        defaultRequest: { cpu: '200m', memory: '128Mi' },
      },
    ],
  })
})

test('a DaemonSet counts the changes of its template', () => {
  const kind = makeKindTable().findByKind('DaemonSet')
  const generationOf = (object: KubeObject) => object.metadata.annotations?.['deprecated.daemonset.template.generation']
  const make = (image: string): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image }] } },
    },
  })
  const first = make('x:1')
  kind?.applyDefaults?.(first)
  const same = make('x:1')
  kind?.applyDefaults?.(same, first)
  const changed = make('x:2')
  kind?.applyDefaults?.(changed, same)
  expect([first, same, changed].map(generationOf)).toEqual(['1', '1', '2'])
})

test('a Job without labels carries those of its pods', () => {
  const job: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', uid: 'u-1' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } } },
  }
  makeKindTable().findByKind('Job')?.applyDefaults?.(job)
  expect(job.metadata.labels).toMatchObject({ 'batch.kubernetes.io/job-name': 'j', 'controller-uid': 'u-1' })
})
