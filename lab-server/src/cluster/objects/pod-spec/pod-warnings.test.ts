import { describe, expect, test } from 'vitest'
import { makeKindTable } from '../kind-table.ts'
import type { KubeObject } from '../types.ts'

const table = makeKindTable()
const object = (kind: string, spec: object, metadata: object = { name: 'x' }) =>
  ({ apiVersion: 'v1', kind, metadata, spec }) as unknown as KubeObject
const warningsOf = (one: KubeObject, old?: KubeObject) => table.findByKind(one.kind)?.warnings?.(one, old) ?? []
const container = { name: 'a', image: 'b' }
const podWarnings = (spec: object) => warningsOf(object('Pod', { containers: [container], ...spec }))

describe('a pod is warned of', () => {
  test.each([
    [
      'parts of a byte',
      { containers: [{ ...container, resources: { limits: { memory: '128m' }, requests: { memory: '64Mi' } } }] },
      ['spec.containers[0].resources.limits[memory]: fractional byte value "128m" is invalid, must be an integer'],
    ],
    [
      'labels of nodes that are no more',
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ],
    [
      'selectors that select nothing',
      {
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } },
      },
      [
        'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
      ],
    ],
    [
      'variables that hide others, and not of those that build on them',
      {
        containers: [
          {
            ...container,
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '$(A)' },
              { name: 'A', value: '$(A)2' },
              { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            ],
          },
        ],
      },
      [1, 3].map(
        (i) => `spec.containers[0].env[${i}]: hides previous definition of "A", which may be dropped when using apply`,
      ),
    ],
    [
      'ports that another container has',
      {
        initContainers: [{ name: 'i', image: 'b', ports: [{ containerPort: 80, protocol: 'TCP' }] }],
        containers: [
          {
            ...container,
            ports: [
              { containerPort: 80, protocol: 'TCP' },
              { containerPort: 80, protocol: 'TCP', hostPort: 8080 },
              { containerPort: 81, protocol: 'TCP', hostIP: '10.0.0.1' },
            ],
          },
        ],
      },
      [
        'spec.containers[0].ports[0]: duplicate port definition with spec.initContainers[0].ports[0]',
        'spec.containers[0].ports[1]: overlapping port definition with spec.initContainers[0].ports[0]',
        'spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]',
        'spec.containers[0].ports[2]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:81 Protocol:TCP HostIP:10.0.0.1}',
      ],
    ],
    [
      'what is there twice, or not at all',
      {
        imagePullSecrets: [{ name: 's' }, { name: 's' }, {}],
        hostAliases: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }],
        terminationGracePeriodSeconds: -1,
      },
      [
        'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"',
        'spec.imagePullSecrets[1].name: duplicate name "s"',
        'spec.imagePullSecrets[2].name: invalid empty name ""',
        'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
      ],
    ],
  ])('%s', (_, spec, expected) => {
    expect(podWarnings(spec)).toEqual(expected)
  })

  test('a name that is no name of a host, once', () => {
    const pod = object('Pod', { containers: [container] }, { name: 'a.b' })
    expect(warningsOf(pod)).toEqual([
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    ])
    expect(warningsOf(pod, pod)).toEqual([])
  })
})

test('a workload is warned of its template whenever it changes, of its name when it is new', () => {
  const resources = { limits: { memory: '100m' } }
  const template = { spec: { containers: [{ ...container, resources }] } }
  const old = object('Deployment', { replicas: 1, template }, { name: 'a.b' })
  const name =
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]'
  const memory =
    'spec.template.spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer'
  expect(warningsOf(old)).toEqual([name, memory])
  expect(warningsOf(old, old)).toEqual([])
  expect(warningsOf(object('Deployment', { replicas: 2, template }, { name: 'a.b' }), old)).toEqual([memory])
})

test.each([
  [
    object('PersistentVolumeClaim', { resources: { requests: { storage: '1500m' } } }),
    'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
  ],
  [
    object('PersistentVolume', { persistentVolumeReclaimPolicy: 'Recycle' }),
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
  ],
  [
    object('Ingress', {}, { name: 'x', annotations: { 'kubernetes.io/ingress.class': 'nginx' } }),
    'annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead',
  ],
  [
    object('Service', { type: 'ClusterIP', clusterIP: 'None', sessionAffinity: 'ClientIP' }),
    'spec.SessionAffinity is ignored for headless services',
  ],
  [
    object('Service', { type: 'ClusterIP', clusterIP: '10.0.0.1', externalName: 'a.b' }),
    'spec.externalName is ignored when spec.type is not "ExternalName"',
  ],
])('%j is warned of', (one, warning) => {
  expect(warningsOf(one)).toEqual([warning])
})
