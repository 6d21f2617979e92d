import { expect, test } from 'vitest'
import { problems } from '../testing/problems.ts'

test.each([
  [{ hard: { pods: '1.5' } }, ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
  [
    { hard: { 'requests.cpu': '1' }, scopes: ['BestEffort', 'NotBestEffort'] },
    [
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: unsupported scope applied to resource',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
    ],
  ],
  [
    {
      hard: { services: '1' },
      scopeSelector: {
        matchExpressions: [
          { scopeName: 'PriorityClass', operator: 'In' },
          { scopeName: 'Terminating', operator: 'In', values: ['a'] },
        ],
      },
    },
    [
      'spec.scopeSelector.matchExpressions: Invalid value: {"MatchExpressions":[{"ScopeName":"PriorityClass","Operator":"In","Values":null},{"ScopeName":"Terminating","Operator":"In","Values":["a"]}]}: unsupported scope applied to resource',
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      'spec.scopeSelector.matchExpressions: Invalid value: {"MatchExpressions":[{"ScopeName":"PriorityClass","Operator":"In","Values":null},{"ScopeName":"Terminating","Operator":"In","Values":["a"]}]}: unsupported scope applied to resource',
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "In": must be \'Exists\' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity',
    ],
  ],
])('a ResourceQuota with %j is refused', (spec, expected) => {
  expect(problems('ResourceQuota', { spec })).toEqual(expected)
})

test.each([
  [{ type: 'Node' }, ['spec.limits[0].type: Invalid value: "Node": must be a standard limit type or fully qualified']],
  [
    { type: 'Container', max: { gpu: '1' } },
    [
      'spec.limits[0].max[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.limits[0].max[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      'spec.limits[0].default[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.limits[0].default[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      'spec.limits[0].defaultRequest[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.limits[0].defaultRequest[gpu]: Invalid value: "gpu": must be a standard resource for containers',
    ],
  ],
  [
    { type: 'PersistentVolumeClaim' },
    [
      'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
    ],
  ],
  [
    { type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } },
    ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000'],
  ],
])('a LimitRange with %j is refused', (limit, expected) => {
  expect(problems('LimitRange', { spec: { limits: [limit] } })).toEqual(expected)
})

test.each([
  [
    {},
    [
      'spec.accessModes: Required value',
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: null: supported values: "storage"',
      'spec: Required value: must specify a volume type',
    ],
  ],
  [
    { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, local: { path: '/mnt' } },
    ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
  ],
  [
    {
      accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'],
      capacity: { storage: '0' },
      hostPath: { path: '/' },
      persistentVolumeReclaimPolicy: 'Recycle',
    },
    [
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
      'spec.capacity[storage]: Invalid value: "0": must be greater than zero',
      "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
    ],
  ],
])('a PersistentVolume with %j is refused', (spec, expected) => {
  expect(problems('PersistentVolume', { spec })).toEqual(expected)
})

test('a claim says where it takes its data from in full', () => {
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    dataSource: { kind: 'VolumeSnapshot', name: '' },
  }
  expect(problems('PersistentVolumeClaim', { spec })).toEqual([
    'spec.dataSource.name: Required value',
    'spec.dataSource: Invalid value: "VolumeSnapshot": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
  ])
})

test('a Secret for a registry holds JSON, which a refusal does not show', () => {
  const data = { '.dockerconfigjson': Buffer.from('secret').toString('base64') }
  expect(problems('Secret', { type: 'kubernetes.io/dockerconfigjson', data })).toEqual([
    'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character \'s\' looking for beginning of value',
  ])
  expect(problems('Secret', { type: 'kubernetes.io/ssh-auth', data: { 'ssh-privatekey': '' } })).toEqual([
    'data[ssh-privatekey]: Required value',
  ])
})

test('a node has taints with an effect, each once', () => {
  const taints = [
    { key: 'a', effect: 'Never' },
    { key: 'b', effect: 'NoSchedule' },
    { key: 'b', effect: 'NoSchedule' },
  ]
  expect(problems('Node', { spec: { taints } })).toEqual([
    'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    'metadata.taints[2]: Duplicate value: {"Key":"b","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
  ])
})

test('finalizers have a domain, but for those of the cluster', () => {
  expect(
    problems('ConfigMap', { metadata: { name: 'x', finalizers: ['orphan', 'mine', 'example.com/mine'] } }),
  ).toEqual([
    'metadata.finalizers[1]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
  ])
})
