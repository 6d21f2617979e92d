import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pod, PodSpec, Service } from '../../objects/types.ts'
import { isApiError } from '../errors.ts'
import { object, pod, startTestServer, type TestServer } from '../testing/test-server.ts'
import { formatViolations, podViolations } from './pod-security-checks.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

async function messageOf(action: Promise<unknown>): Promise<string> {
  try {
    await action
  } catch (error) {
    if (isApiError(error)) return error.message
    throw error
  }
  return ''
}

async function createPod(name: string, spec: Record<string, unknown> = {}, namespace = 'test'): Promise<Pod> {
  const wanted = pod(name, spec)
  wanted.metadata.namespace = namespace
  return (await server.client.create(wanted)) as unknown as Pod
}

async function makeNamespace(name: string, labels: Record<string, string> = {}): Promise<void> {
  await server.client.create(object('v1', 'Namespace', { name, labels }))
  await server.client.create(object('v1', 'ServiceAccount', { name: 'default', namespace: name }))
}

describe('pods', () => {
  it('get the default account, its token as a volume, and two tolerations', async () => {
    const { spec } = await createPod('plain')
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
    })
    const [volume] = spec?.volumes ?? []
    expect(volume?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/)
    expect(volume?.projected?.sources).toHaveLength(3)
    expect(spec?.containers[0]?.volumeMounts).toEqual([
      { name: volume?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ])
    expect(spec?.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 300],
    ])
  })

  it('get no token when they want none', async () => {
    const { spec } = await createPod('tokenless', { automountServiceAccountToken: false })
    expect(spec?.volumes).toBeUndefined()
  })

  it('are refused with an unknown account, priority class or runtime class', async () => {
    expect(await messageOf(createPod('sa', { serviceAccountName: 'nosuch' }))).toBe(
      'pods "sa" is forbidden: error looking up service account test/nosuch: serviceaccount "nosuch" not found',
    )
    expect(await messageOf(createPod('prio', { priorityClassName: 'critical' }))).toBe(
      'pods "prio" is forbidden: no PriorityClass with name critical was found',
    )
    expect(await messageOf(createPod('runtime', { runtimeClassName: 'gvisor' }))).toBe(
      'pods "runtime" is forbidden: pod rejected: RuntimeClass "gvisor" not found',
    )
  })

  it('wait a moment for the account of a new namespace', async () => {
    await server.client.create(object('v1', 'Namespace', { name: 'young' }))
    const pending = createPod('early', {}, 'young')
    await new Promise((resolve) => setTimeout(resolve, 20))
    const start = performance.now()
    await server.client.create(object('v1', 'ServiceAccount', { name: 'default', namespace: 'young' }))
    expect((await pending).spec?.serviceAccountName).toBe('default')
    // At once, not when somebody looks again.
    expect(performance.now() - start).toBeLessThan(100)
    expect(server.registry.core.store.watcherCount('serviceaccounts')).toBe(0)
  })

  it('do not own what admission added', async () => {
    const created = await createPod('owned')
    const owned = JSON.stringify(created.metadata.managedFields)
    expect(owned).toContain('f:image')
    expect(owned).not.toContain('f:serviceAccountName')
    expect(owned).not.toContain('f:tolerations')
  })
})

describe('LimitRange', () => {
  beforeAll(async () => {
    await makeNamespace('limited')
    const limit = {
      type: 'Container',
      max: { memory: '128Mi', cpu: '1' },
      min: { memory: '8Mi' },
      default: { memory: '64Mi', cpu: '200m' },
      defaultRequest: { memory: '32Mi', cpu: '50m' },
    }
    await server.client.create(
      object('v1', 'LimitRange', { name: 'limits', namespace: 'limited' }, { spec: { limits: [limit] } }),
    )
  })

  it('fills in what containers leave out, and says so', async () => {
    const created = await createPod('main', {}, 'limited')
    expect(created.spec?.containers[0]?.resources).toEqual({
      requests: { memory: '32Mi', cpu: '50m' },
      limits: { memory: '64Mi', cpu: '200m' },
    })
    expect(created.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container main; cpu, memory limit for container main',
    })
    expect(created.status?.qosClass).toBe('Burstable')
  })

  it('refuses what is out of bounds', async () => {
    const containers = [{ name: 'c', image: 'x', resources: { limits: { memory: '512Mi' } } }]
    expect(await messageOf(createPod('big', { containers }, 'limited'))).toBe(
      'pods "big" is forbidden: maximum memory usage per Container is 128Mi, but limit is 512Mi',
    )
  })
})

describe('ResourceQuota', () => {
  const containers = [{ name: 'c', image: 'x', resources: { requests: { cpu: '100m' } } }]
  beforeAll(async () => {
    await makeNamespace('tight')
    const hard = { pods: '2', 'requests.cpu': '250m', 'count/configmaps': '1', 'requests.storage': '1Gi' }
    await server.client.create(object('v1', 'ResourceQuota', { name: 'quota', namespace: 'tight' }, { spec: { hard } }))
  })

  it('counts a burst of writes one by one', async () => {
    const outcomes = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => messageOf(createPod(name, { containers }, 'tight'))),
    )
    expect(outcomes.filter((message) => message === '')).toHaveLength(2)
    expect(outcomes.find((message) => message !== '')).toContain(
      'is forbidden: exceeded quota: quota, requested: pods=1,requests.cpu=100m, used: pods=2,requests.cpu=200m, limited: pods=2,requests.cpu=250m',
    )
  })

  it('wants containers to say what it limits', async () => {
    expect(await messageOf(createPod('silent', {}, 'tight'))).toBe(
      'pods "silent" is forbidden: failed quota: quota: must specify requests.cpu for: main',
    )
  })

  it('counts any kind, and the storage of claims', async () => {
    const map = (name: string) => server.client.create(object('v1', 'ConfigMap', { name, namespace: 'tight' }))
    expect(await messageOf(map('first'))).toBe('')
    expect(await messageOf(map('second'))).toContain('exceeded quota: quota, requested: count/configmaps=1')
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } }
    const claim = object('v1', 'PersistentVolumeClaim', { name: 'p', namespace: 'tight' }, { spec })
    expect(await messageOf(server.client.create(claim))).toBe(
      'persistentvolumeclaims "p" is forbidden: exceeded quota: quota, requested: requests.storage=2Gi, used: requests.storage=0, limited: requests.storage=1Gi',
    )
  })

  it('has room again when a pod has ended', async () => {
    const [running] = server.client.list('Pod', { namespace: 'tight' })
    expect(running).toBeDefined()
    if (running) await server.client.writeStatus(running, { ...running.status, phase: 'Succeeded' })
    expect(await messageOf(createPod('next', { containers }, 'tight'))).toBe('')
  })
})

describe('Pod Security', () => {
  const restrictedMessage =
    'allowPrivilegeEscalation != false (container "x" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "x" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "x" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "x" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'

  it('knows its levels', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'strict' }
    expect(await messageOf(makeNamespace('mislabelled', labels))).toBe(
      'Namespace "mislabelled" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
    )
  })

  it('refuses pods and warns about workloads', async () => {
    await makeNamespace('strict', {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    })
    const containers = [{ name: 'x', image: 'x' }]
    expect(await messageOf(createPod('x', { containers }, 'strict'))).toBe(
      `pods "x" is forbidden: violates PodSecurity "restricted:latest": ${restrictedMessage}`,
    )
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers } }
    const answer = await server.call('POST', '/apis/apps/v1/namespaces/strict/deployments', {
      body: { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } },
    })
    expect(answer.code).toBe(201)
    expect(answer.headers.warning).toContain('would violate PodSecurity \\"restricted:latest\\"')
  })

  it.each<[string, Partial<PodSpec>, string]>([
    ['hostNetwork', { hostNetwork: true, hostPID: true }, 'host namespaces (hostNetwork=true, hostPID=true)'],
    ['hostPath', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'hostPath volumes (volume "v")'],
    [
      'privileged',
      { containers: [{ name: 'x', securityContext: { privileged: true } }] },
      'privileged (container "x" must not set securityContext.privileged=true)',
    ],
    [
      'host ports',
      { containers: [{ name: 'x', ports: [{ containerPort: 1, hostPort: 80 }] }] },
      'hostPort (container "x" uses hostPort 80)',
    ],
    [
      'capabilities',
      { containers: [{ name: 'x', securityContext: { capabilities: { add: ['NET_ADMIN', 'CHOWN'] } } }] },
      'non-default capabilities (container "x" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    ],
    [
      'probe hosts',
      { containers: [{ name: 'x', livenessProbe: { httpGet: { port: 1, host: '169.254.169.254' } } }] },
      'probe or lifecycle host (container "x" uses probe or lifecycle host "169.254.169.254")',
    ],
  ])('keeps %s out of baseline', (_what, spec, expected) => {
    const whole = { containers: [{ name: 'x' }], ...spec } as PodSpec
    expect(formatViolations(podViolations(whole, 'baseline'))).toBe(expected)
    expect(podViolations(whole, 'privileged')).toEqual([])
  })
})

describe('Services', () => {
  const create = (name: string, spec: object) =>
    server.client.create(object('v1', 'Service', { name, namespace: 'test' }, { spec })) as unknown as Promise<Service>
  const ports = [{ port: 80 }]

  it('get an address of their own, and give it back', async () => {
    const first = await create('first', { ports })
    const second = await create('second', { ports })
    expect(first.spec?.clusterIP).not.toBe(second.spec?.clusterIP)
    expect(first.spec).toMatchObject({
      clusterIPs: [first.spec?.clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    })
    expect(await messageOf(create('third', { ports, clusterIP: first.spec?.clusterIP }))).toContain(
      `spec.clusterIPs: Invalid value: ["${first.spec?.clusterIP}"]: failed to allocate IP ${first.spec?.clusterIP}: provided IP is already allocated`,
    )
    await server.client.remove('Service', { namespace: 'test', name: 'first' })
    expect((await create('third', { ports, clusterIP: first.spec?.clusterIP })).spec?.clusterIP).toBe(
      first.spec?.clusterIP,
    )
  })

  it('take no address for a dry run', async () => {
    const path = '/api/v1/namespaces/test/services'
    const dry = await server.call('POST', `${path}?dryRun=All`, {
      body: { metadata: { name: 'dry' }, spec: { ports } },
    })
    const real = await server.call('POST', path, {
      body: { metadata: { name: 'dry' }, spec: { ports, clusterIP: dry.body.spec.clusterIP } },
    })
    expect(real.code).toBe(201)
  })

  it('keep their address when it is not repeated, and get node ports in the range', async () => {
    const created = await create('kept', { ports })
    const { clusterIP: _a, clusterIPs: _b, ...spec } = created.spec ?? {}
    const changed = (await server.client.update({
      ...created,
      spec: { ...spec, type: 'NodePort' },
    })) as unknown as Service
    expect(changed.spec?.clusterIP).toBe(created.spec?.clusterIP)
    const port = changed.spec?.ports?.[0]?.nodePort ?? 0
    expect(port).toBeGreaterThanOrEqual(30000)
    expect(port).toBeLessThanOrEqual(32767)
    expect(await messageOf(create('clash', { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }))).toContain(
      `spec.ports[0].nodePort: Invalid value: ${port}: provided port is already allocated`,
    )
  })
})
