import { describe, expect, test } from 'vitest'
import { problems } from '../testing/problems.ts'

const container = { name: 'a', image: 'b' }
const podProblems = (spec: object) => problems('Pod', { spec: { containers: [container], ...spec } })
const containerProblems = (fields: object, others: object = {}) =>
  podProblems({ ...others, containers: [{ ...container, ...fields }] }).map((text) =>
    text.replace('spec.containers[0].', ''),
  )
const volumeProblems = (source: object) =>
  podProblems({ volumes: [{ name: 'v', ...source }] }).map((text) => text.replace(/^spec\.volumes\[0\]\.?/, ''))

describe('a volume', () => {
  test.each([
    [{ name: undefined, emptyDir: {} }, ['name: Required value']],
    [
      { emptyDir: { sizeLimit: '-1' } },
      ['emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity'],
    ],
    [
      { configMap: { name: 'c' }, hostPath: { path: '/x' }, downwardAPI: {} },
      [
        'downwarAPI: Forbidden: may not specify more than 1 volume type',
        'configMap: Forbidden: may not specify more than 1 volume type',
      ],
    ],
    [
      { hostPath: { path: '/x', type: 'Folder' } },
      [
        'hostPath.type: Unsupported value: "Folder": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      ],
    ],
    [
      {
        configMap: {
          name: 'c',
          items: [
            { key: 'k', path: '..x', mode: 511 },
            { key: 'k', path: '../x', mode: 512 },
          ],
        },
      },
      [
        'configMap.items[0].path: Invalid value: "..x": must not start with \'..\'',
        'configMap.items[1].path: Invalid value: "../x": must not contain \'..\'',
        'configMap.items[1].mode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
      ],
    ],
    [
      { nfs: { server: '', path: 'x' } },
      ['nfs.server: Required value', 'nfs.path: Invalid value: "x": must be an absolute path'],
    ],
    [
      { downwardAPI: { items: [{ path: 'a' }, { path: 'b', fieldRef: { fieldPath: 'status.podIP' } }] } },
      [
        'downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
        'downwardAPI.fieldRef.fieldPath: Unsupported value: "status.podIP": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"',
      ],
    ],
    [
      { downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } }] } },
      [
        'downwardAPI.resourceFieldRef.containerName: Required value',
        'downwardAPI.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are supported with the cpu resource',
      ],
    ],
    [
      {
        projected: {
          sources: [
            { configMap: { name: 'c', items: [{ key: 'k', path: 'same' }] } },
            { secret: { name: 's', items: [{ key: 'k', path: 'same' }] }, configMap: { name: 'c' } },
            { serviceAccountToken: { path: 't', expirationSeconds: 60 } },
          ],
        },
      },
      [
        'projected: Invalid value: "s": conflicting duplicate paths',
        'projected.sources[1]: Forbidden: may not specify more than 1 volume type per source',
        'projected.sources[2].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
      ],
    ],
    [
      { ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } },
      ['ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value'],
    ],
  ])('%j is refused', (source, expected) => {
    expect(volumeProblems(source)).toEqual(expected)
  })

  test('with a mistake is none that a container can mount', () => {
    const volumeMounts = [{ name: 'v', mountPath: '/x' }]
    const volumes = [{ name: 'v', secret: {} }]
    expect(podProblems({ volumes, containers: [{ ...container, volumeMounts }] })).toEqual([
      'spec.volumes[0].secret.secretName: Required value',
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ])
  })

  test('is mounted at a path below it, once, and not as a device too', () => {
    const volumes = [{ name: 'v', emptyDir: {} }]
    const volumeMounts = [
      { name: 'v', mountPath: '/x', subPath: '../y', mountPropagation: 'Bidirectional' },
      { name: 'v', mountPath: '/x', readOnly: false, recursiveReadOnly: 'Enabled' },
    ]
    const volumeDevices = [{ name: 'v', devicePath: '/dev/x' }]
    expect(containerProblems({ volumeMounts, volumeDevices }, { volumes })).toEqual([
      'volumeMounts[0].name: Invalid value: "v": must not already exist in volumeDevices',
      'volumeMounts.subPath: Invalid value: "../y": must not contain \'..\'',
      'volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
      'volumeMounts[1].mountPath: Invalid value: "/x": must be unique',
      'volumeMounts[1].name: Invalid value: "v": must not already exist in volumeDevices',
      'volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true',
      'volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
      'volumeDevices[0].name: Invalid value: "v": must not already exist in volumeMounts',
    ])
  })
})

describe('a container', () => {
  test.each([
    [{ image: ' b' }, ['image: Invalid value: " b": must not have leading or trailing whitespace']],
    [
      { terminationMessagePolicy: 'Logs' },
      ['terminationMessagePolicy: Unsupported value: "Logs": supported values: "File", "FallbackToLogsOnError"'],
    ],
    [
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { key: 'k' } } }] },
      [
        "env[0].valueFrom.secretKeyRef.name: Invalid value: \"\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.containers' } } }] },
      [
        'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.containers": error converting fieldPath: field label not supported: spec.containers',
      ],
    ],
    [
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "spec.nodeName['a']" } } }] },
      [
        "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.nodeName['a']\": error converting fieldPath: field label does not support subscript: spec.nodeName['a']",
      ],
    ],
    [
      { resources: { limits: { 'example.com/gpu': '1500m', 'hugepages-2Mi': '4Mi' } } },
      [
        'resources.limits[example.com/gpu]: Invalid value: "1500m": must be an integer',
        'resources.requests[example.com/gpu]: Invalid value: "1500m": must be an integer',
        'resources: Forbidden: HugePages require cpu or memory',
      ],
    ],
    [
      { resources: { requests: { 'example.com/gpu': '1' } } },
      ['resources.limits: Required value: Limit must be set for non overcommitable resources'],
    ],
    [
      { resources: { requests: { cpu: '1500m' }, limits: { cpu: '1000m' } } },
      ['resources.requests: Invalid value: "1500m": must be less than or equal to cpu limit of 1'],
    ],
    [
      { resizePolicy: [{ resourceName: 'disk', restartPolicy: 'Never' }] },
      [
        'resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory"',
        'resizePolicy: Unsupported value: "Never": supported values: "NotRequired", "RestartContainer"',
      ],
    ],
    [
      { lifecycle: { preStop: { sleep: { seconds: 60 } } } },
      [
        'lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less than terminationGracePeriodSeconds (30)',
      ],
    ],
    [
      { securityContext: { privileged: true, allowPrivilegeEscalation: false, seccompProfile: { type: 'Localhost' } } },
      [
        'securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
        'securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":{"Type":"Localhost","LocalhostProfile":null},"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ],
    ],
  ])('with %j is refused', (fields, expected) => {
    expect(containerProblems(fields)).toEqual(expected)
  })

  test('of a template may have an image with a blank, which its pods are refused for', () => {
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ ...container, image: 'b ' }] } }
    expect(problems('Deployment', { spec: { selector: { matchLabels: { a: 'b' } }, template } })).toEqual([])
  })

  test('that prepares the pod is looked at after all the others', () => {
    const ports = [
      { containerPort: 80, hostPort: 80 },
      { containerPort: 81, hostPort: 80 },
    ]
    const initContainers = [{ name: 'a', image: 'b', restartPolicy: 'Sometimes', ports }]
    expect(podProblems({ initContainers, containers: [{ ...container, ports }] })).toEqual([
      'spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//80"',
      'spec.initContainers[0].restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
      'spec.initContainers[0].name: Duplicate value: "a"',
      'spec.initContainers[0].ports[1].hostPort: Duplicate value: "TCP//80"',
    ])
  })
})

describe('a pod', () => {
  test.each([
    [
      { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 8080 }] }] },
      [
        'spec.containers[0].ports[0].hostPort: Invalid value: 8080: must match `containerPort` when `hostNetwork` is true',
      ],
    ],
    [
      { securityContext: { runAsUser: -1, fsGroupChangePolicy: 'Never', supplementalGroups: [1, -2] } },
      [
        'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        'spec.securityContext.supplementalGroups[1]: Invalid value: -2: must be between 0 and 2147483647, inclusive',
        'spec.securityContext.fsGroupChangePolicy: Unsupported value: "Never": supported values: "Always", "OnRootMismatch"',
      ],
    ],
    [
      {
        tolerations: [
          { key: 'a', operator: 'In', value: 'b' },
          { key: 'a', value: 'b c' },
        ],
      },
      [
        'spec.tolerations[0].operator: Unsupported value: "In": supported values: "Equal", "Exists"',
        "spec.tolerations[1].operator: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ],
    ],
    [
      {
        topologySpreadConstraints: [
          { maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 },
          { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: ['a'] },
        ],
      },
      [
        'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
        'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, ScheduleAnyway}"',
        'spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
        'spec.topologySpreadConstraints[1].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
      ],
    ],
    [
      {
        dnsConfig: { searches: ['a_b', 'A'], options: [{ value: 'x' }] },
        hostAliases: [{ ip: 'x', hostnames: ['a', 'B'] }],
      },
      [
        "spec.dnsConfig.searches[1]: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')",
        'spec.dnsConfig.options[0]: Required value: must not be empty',
        'spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        "spec.hostAliases[0].hostnames[1]: Invalid value: \"B\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      { os: { name: 'plan9' }, preemptionPolicy: 'Always' },
      [
        'spec.preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never"',
        'spec.os: Unsupported value: "plan9": supported values: "linux", "windows"',
      ],
    ],
    [
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }],
                  matchFields: [{ key: 'metadata.labels', operator: 'Exists' }],
                },
              ],
            },
          },
        },
      },
      [
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].operator: Invalid value: "Exists": not a valid selector operator',
        'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: Invalid value: "metadata.labels": not a valid field selector key',
      ],
    ],
  ])('with %j is refused', (spec, expected) => {
    expect(podProblems(spec)).toEqual(expected)
  })
})
