import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { makeKindTable } from './kind-table.ts'
import { type AnyObject, changeProblems, problems } from './testing/problems.ts'
import type { KubeObject } from './types.ts'

const table = makeKindTable()
const recorded: KubeObject[] = JSON.parse(readFileSync(new URL('golden/objects.json', import.meta.url), 'utf8'))
const find = (kind: string, name?: string) =>
  structuredClone(
    recorded.find((object) => object.kind === kind && (!name || object.metadata.name === name)),
  ) as KubeObject

const container = { name: 'a', image: 'b' }
const template = (spec: object = {}) => ({
  metadata: { labels: { a: 'b' } },
  spec: { containers: [container], ...spec },
})
const selector = { matchLabels: { a: 'b' } }

test('everything that a real cluster holds is valid', () => {
  for (const object of recorded) {
    expect([object.kind, table.findByKind(object.kind)?.validate?.(object)]).toEqual([object.kind, []])
    expect(table.findByKind(object.kind)?.validateUpdate?.(object, object) ?? []).toEqual([])
  }
})

describe('as a real cluster answered', () => {
  test('a pod with a bad name and no containers', () => {
    expect(problems('Pod', { metadata: { name: 'Bad_Name' }, spec: { containers: [] } })).toEqual([
      `metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'spec.containers: Required value',
    ])
  })

  test('a Deployment with everything wrong', () => {
    const spec = {
      strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      selector,
      template: {
        metadata: { labels: { a: 'c' } },
        spec: {
          containers: [{ name: 'C_', image: '', env: [{ name: '1-x=', value: 'v' }], ports: [{ containerPort: 0 }] }],
        },
      },
    }
    expect(problems('Deployment', { spec })).toEqual([
      'spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`',
      `spec.template.spec.containers[0].name: Invalid value: "C_": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      'spec.template.spec.containers[0].image: Required value',
      'spec.template.spec.containers[0].ports[0].containerPort: Required value',
      `spec.template.spec.containers[0].env[0].name: Invalid value: "1-x=": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ])
  })

  test('a Service with an impossible port', () => {
    expect(problems('Service', { spec: { ports: [{ port: 99999 }] } })).toEqual([
      'spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive',
      'spec.ports[0].targetPort: Invalid value: 99999: must be between 1 and 65535, inclusive',
    ])
  })

  test('an Ingress with a relative path and no port', () => {
    const path = { path: 'api', pathType: 'Prefix', backend: { service: { name: 'x' } } }
    expect(problems('Ingress', { spec: { rules: [{ http: { paths: [path] } }] } })).toEqual([
      'spec.rules[0].http.paths[0].path: Invalid value: "api": must be an absolute path',
      'spec.rules[0].http.paths[0].backend: Required value: port name or number is required',
    ])
  })

  test.each([
    [
      'another selector',
      (spec: AnyObject) => {
        spec.selector.matchLabels.app = 'other'
      },
      [
        'spec.template.metadata.labels: Invalid value: {"app":"backend"}: `selector` does not match template `labels`',
        'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
      ],
    ],
    [
      'another selector and labels to match',
      (spec: AnyObject) => {
        spec.selector.matchLabels.app = 'x'
        spec.template.metadata.labels.app = 'x'
      },
      ['spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable'],
    ],
    [
      'fewer than no replicas',
      (spec: AnyObject) => {
        spec.replicas = -1
      },
      ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'a request above the limit',
      (spec: AnyObject) => {
        spec.template.spec.containers[0].resources = { limits: { memory: '1Gi' }, requests: { memory: '2Gi' } }
      },
      [
        'spec.template.spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
      ],
    ],
    [
      'a probe of an impossible port',
      (spec: AnyObject) => {
        spec.template.spec.containers[0].livenessProbe.httpGet.port = 70000
      },
      [
        'spec.template.spec.containers[0].livenessProbe.httpGet.port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      ],
    ],
  ])('a Deployment changed to %s', (_, change, expected) => {
    const old = find('Deployment', 'backend')
    expect(changeProblems(old, (object) => change(object.spec))).toEqual(expected)
  })

  test('a claim that wants another storage class, with the change', () => {
    const old = find('PersistentVolumeClaim')
    const [problem] = changeProblems(old, ({ spec }: AnyObject) => {
      spec.storageClassName = 'other'
    })
    expect(problem).toContain(
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@ -',
    )
    expect(problem).toContain('\n- "StorageClassName": "local-path",\n+ "StorageClassName": "other",\n')
  })

  test('a Service that wants another address', () => {
    const change = ({ spec }: AnyObject) => {
      spec.clusterIP = '10.43.1.1'
    }
    expect(changeProblems(find('Service', 'backend-svc'), change)).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.43.1.1"]: may not change once set',
    ])
  })

  test('a pod that wants another command, with the change', () => {
    const [problem] = changeProblems(find('Pod'), ({ spec }: AnyObject) => {
      spec.containers[0].command = ['ls']
      spec.containers[0].image = 'allowed:1'
    })
    expect(problem).toMatch(
      /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,.*\(allow it to be set to 1 if it was previously negative\)\n@@ -\d+,\d+ \+\d+,\d+ @@\n/,
    )
    expect(problem).toContain('\n+   "Command": [\n+    "ls"\n+   ],\n')
    expect(problem).not.toContain('allowed:1')
  })

  test('a CronJob at an impossible minute', () => {
    const spec = { schedule: '61 * * * *', jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } }
    expect(problems('CronJob', { spec })).toEqual([
      'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
    ])
  })

  test('a RoleBinding to another role', () => {
    const group = 'rbac.authorization.k8s.io'
    const binding = (name: string) =>
      ({
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'robot' },
        roleRef: { apiGroup: group, kind: 'Role', name },
        subjects: [],
      }) as unknown as KubeObject
    const change = (object: AnyObject) => Object.assign(object, binding('x'))
    expect(changeProblems(binding('reader'), change)).toEqual([
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"x"}: cannot change roleRef',
    ])
  })
})

describe('a pod spec', () => {
  test.each([
    [
      { restartPolicy: 'Sometimes' },
      ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    ],
    [{ containers: [container, container] }, ['spec.containers[1].name: Duplicate value: "a"']],
    [
      { containers: [{ ...container, volumeMounts: [{ name: 'nosuch', mountPath: '/x' }] }] },
      ['spec.containers[0].volumeMounts[0].name: Not found: "nosuch"'],
    ],
    [
      { containers: [{ ...container, envFrom: [{}] }] },
      ['spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'],
    ],
    [
      { containers: [{ ...container, readinessProbe: {} }] },
      ['spec.containers[0].readinessProbe: Required value: must specify a handler type'],
    ],
    [
      {
        containers: [
          { ...container, livenessProbe: { tcpSocket: { port: 'x' }, exec: { command: ['a'] }, successThreshold: 2 } },
        ],
      },
      [
        'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
        'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
      ],
    ],
    [
      {
        containers: [container],
        initContainers: [{ ...container, name: 'i', readinessProbe: { exec: { command: ['a'] } } }],
      },
      [
        'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    ],
    [{ dnsPolicy: 'None' }, ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']],
    [
      { containers: [{ ...container, imagePullPolicy: 'Often' }] },
      [
        'spec.containers[0].imagePullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    [{ volumes: [{ name: 'v', secret: {} }] }, ['spec.volumes[0].secret.secretName: Required value']],
    [
      { containers: [{ ...container, resources: { limits: { memori: '1Gi' } } }] },
      [
        'spec.containers[0].resources.limits[memori]: Invalid value: "memori": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.limits[memori]: Invalid value: "memori": must be a standard resource for containers',
        'spec.containers[0].resources.requests[memori]: Invalid value: "memori": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.requests[memori]: Invalid value: "memori": must be a standard resource for containers',
      ],
    ],
  ])('%j is refused', (spec, expected) => {
    expect(problems('Pod', { spec: { containers: [container], ...spec } })).toEqual(expected)
  })

  test.each([
    [
      { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selector }] } },
      [
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
      ],
    ],
    [
      {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 0, preference: { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
          ],
        },
      },
      [
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      ],
    ],
  ])('with the affinity %j is refused', (affinity, expected) => {
    const found = problems('Pod', { spec: { containers: [container], affinity } })
    expect(found.slice(0, expected.length)).toEqual(expected)
  })

  test('may be resized by subresource, but not change its class of service', () => {
    const kind = table.findByKind('Pod')
    const old = find('Pod')
    const resized = structuredClone(old) as AnyObject
    resized.spec.containers[0].resources.limits.cpu = '2'
    const resize = (object: AnyObject) => kind?.validateUpdate?.(object, old, 'resize') ?? []
    expect(kind?.validateUpdate?.(resized, old)).toHaveLength(1)
    expect(resize(resized)).toEqual([])
    resized.spec.containers[0].resources = {}
    expect(resize(resized).map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
      'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
    ])
    const other = structuredClone(old) as AnyObject
    other.spec.containers[0].command = ['ls']
    expect(resize(other)).toMatchObject([{ message: 'Forbidden: only cpu and memory resources are mutable' }])
    other.spec.containers[0].name = 'other'
    expect(resize(other)).toMatchObject([
      { message: 'Forbidden: containers may not be renamed or reordered on resize' },
    ])
  })

  test('warns of a variable that is defined twice, but not when the second builds on the first', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
      { name: 'A', value: 'x$(A)' },
    ]
    const object = { metadata: {}, spec: { template: { spec: { containers: [{ ...container, env }] } } } }
    expect(table.findByKind('Deployment')?.warnings?.(object as unknown as KubeObject)).toEqual([
      'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ])
    // Said once: not again at every later change.
    expect(
      table.findByKind('Deployment')?.warnings?.(object as unknown as KubeObject, object as unknown as KubeObject),
    ).toEqual([])
  })
})

describe('other kinds', () => {
  const percent =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

  test.each([
    [
      'Deployment',
      { spec: { template: template() } },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'Deployment',
      { spec: { selector, template: template({ restartPolicy: 'Never' }) } },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'Deployment',
      { spec: { selector, template: template(), strategy: { rollingUpdate: { maxSurge: 'many' } } } },
      [`spec.strategy.rollingUpdate.maxSurge: Invalid value: "many": ${percent}`],
    ],
    [
      'Deployment',
      { spec: { selector, template: template(), progressDeadlineSeconds: 10, minReadySeconds: 10 } },
      ['spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds'],
    ],
    ['Service', { spec: {} }, ['spec.ports: Required value']],
    [
      'Service',
      { metadata: { name: '1a' }, spec: { ports: [{ port: 80 }] } },
      [
        `metadata.name: Invalid value: "1a": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
      ],
    ],
    [
      'Service',
      { spec: { ports: [{ port: 80 }, { port: 80 }] } },
      [
        'spec.ports[0].name: Required value',
        'spec.ports[1].name: Required value',
        'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
      ],
    ],
    [
      'Service',
      { spec: { type: 'External', ports: [{ port: 80 }] } },
      [
        'spec.type: Unsupported value: "External": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      'ConfigMap',
      { data: { 'bad key': 'x' } },
      [
        `data[bad key]: Invalid value: "bad key": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      ],
    ],
    ['ConfigMap', { data: { big: 'x'.repeat(1024 * 1024 + 1) } }, ['[]: Too long: may not be more than 1048576 bytes']],
    ['Secret', { type: 'kubernetes.io/tls' }, ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
    [
      'PersistentVolumeClaim',
      { spec: {} },
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
    [
      'HorizontalPodAutoscaler',
      { spec: { scaleTargetRef: { kind: 'Deployment', name: 'x' }, minReplicas: 5, maxReplicas: 3 } },
      ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
    ],
    [
      'PodDisruptionBudget',
      { spec: { minAvailable: '150%', selector } },
      ['spec.minAvailable: Invalid value: "150%": must not be greater than 100%'],
    ],
    [
      'Job',
      { metadata: { name: 'x', uid: 'u' }, spec: { template: template() } },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'CronJob',
      { spec: { schedule: 'daily', jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } } },
      ['spec.schedule: Invalid value: "daily": expected exactly 5 fields, found 1: [daily]'],
    ],
    [
      'Role',
      { rules: [{}] },
      [
        'rules[0].verbs: Required value: verbs must contain at least one value',
        'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
        'rules[0].resources: Required value: resource rules must supply at least one resource',
      ],
    ],
    [
      'NetworkPolicy',
      { spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0' } }] }] } },
      [
        'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
    ['Namespace', { metadata: { name: 'a.b' } }, ['metadata.name: Invalid value: "a.b": must not contain dots']],
    [
      'LimitRange',
      {
        spec: {
          limits: [
            {
              type: 'Container',
              min: { cpu: '2' },
              max: { cpu: '1' },
              default: { cpu: '1' },
              defaultRequest: { cpu: '1' },
            },
          ],
        },
      },
      [
        'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
        'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
        'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
      ],
    ],
    ['StorageClass', {}, ['provisioner: Required value']],
    [
      'PriorityClass',
      { value: 2_000_000_000 },
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
  ])('a %s like %j is refused', (kind, content, expected) => {
    expect(problems(kind, content)).toEqual(expected)
  })

  test('a locked ConfigMap stays as it is', () => {
    const old = { ...find('ConfigMap', 'backend-config'), immutable: true } as KubeObject
    const change = (object: AnyObject) => Object.assign(object, { immutable: undefined, data: { a: 'b' } })
    expect(changeProblems(old, change)).toEqual([
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set',
    ])
  })

  test('what never changes comes before what is wrong in ConfigMaps, Secrets and Services', () => {
    const locked = { ...find('ConfigMap', 'backend-config'), immutable: true } as KubeObject
    expect(changeProblems(locked, (object) => Object.assign(object, { binaryData: { 'a/b': '' } }))).toEqual([
      'binaryData: Forbidden: field is immutable when `immutable` is set',
      expect.stringMatching(/^binaryData\[a\/b\]: Invalid value: "a\/b": a valid config key /),
    ])
    const toTls = (object: AnyObject) => Object.assign(object, { type: 'kubernetes.io/tls', data: {} })
    expect(changeProblems(find('Secret'), toTls).map((problem) => problem.replace(/:.*/, ''))).toEqual([
      'type',
      'data[tls.crt]',
      'data[tls.key]',
    ])
    const addressed = structuredClone(find('Service')) as AnyObject
    Object.assign(addressed.spec, { clusterIP: '10.43.0.9', clusterIPs: ['10.43.0.9'] })
    const change = (object: AnyObject) =>
      Object.assign(object.spec, { clusterIP: '10.43.0.8', clusterIPs: ['10.43.0.8'], ports: [] })
    expect(changeProblems(addressed as KubeObject, change)).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.43.0.8"]: may not change once set',
      'spec.ports: Required value',
    ])
  })

  test('a Secret keeps its type', () => {
    const change = (object: AnyObject) => Object.assign(object, { type: 'kubernetes.io/opaque' })
    expect(changeProblems(find('Secret'), change)).toEqual([
      'type: Invalid value: "kubernetes.io/opaque": field is immutable',
    ])
  })

  test('labels are checked wherever they are', () => {
    const bad = { metadata: { name: 'x', labels: { 'a b': 'c', ok: '-x' } } }
    expect(problems('ConfigMap', bad)).toEqual([
      `metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      `metadata.labels: Invalid value: "-x": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ])
  })
})

test('a StatefulSet may mount what its claim templates make', () => {
  const spec = {
    serviceName: 's',
    selector: { matchLabels: { a: 'b' } },
    template: {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
    },
  }
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  expect(problems('StatefulSet', { spec: { ...spec, volumeClaimTemplates: [claim] } })).toEqual([])
  expect(problems('StatefulSet', { spec })).toEqual([
    'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"',
  ])
})
