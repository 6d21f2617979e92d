import { expect, test } from 'vitest'
import { problems } from '../testing/problems.ts'

const selector = { matchLabels: { a: 'b' } }
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'b' }] } }

test.each([
  [
    'Deployment',
    { strategy: { type: 'Canary' } },
    [
      'spec.strategy: Unsupported value: {"Type":"Canary","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ],
  ],
  [
    'Deployment',
    { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
    ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
  ],
  [
    'Deployment',
    { selector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['b', '-'] }] } },
    [
      "spec.selector.matchExpressions[0].values[1]: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ],
  [
    'DaemonSet',
    { updateStrategy: { rollingUpdate: { maxSurge: '200%', maxUnavailable: 0 } } },
    ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: "200%": must not be greater than 100%'],
  ],
  [
    'DaemonSet',
    { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } },
    ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
  ],
  [
    'StatefulSet',
    { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } }, podManagementPolicy: 'Fast' },
    [
      "spec.podManagementPolicy: Invalid value: \"Fast\": must be 'OrderedReady' or 'Parallel'",
      'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'',
    ],
  ],
  [
    'StatefulSet',
    { updateStrategy: { rollingUpdate: { maxUnavailable: '0%' } }, ordinals: { start: -1 }, serviceName: 'A' },
    [
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "0%": cannot be 0',
      'spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0',
      "spec.serviceName: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [
    'StatefulSet',
    {
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Keep' },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }],
    },
    [
      'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete"',
      'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
    ],
  ],
])('a %s with %j is refused', (kind, spec, expected) => {
  expect(problems(kind, { spec: { selector, template, ...spec } })).toEqual(expected)
})

test('a PodDisruptionBudget keeps or gives, and knows two policies', () => {
  const spec = { minAvailable: 1, maxUnavailable: 1, unhealthyPodEvictionPolicy: 'Never' }
  expect(problems('PodDisruptionBudget', { spec })).toEqual([
    'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":"Never"}: minAvailable and maxUnavailable cannot be both set',
    'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
  ])
})
