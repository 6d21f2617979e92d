import { describe, expect, it } from 'vitest'
import { makeSubject } from '../checks/subject.ts'
import type { Container, Deployment, KubeObject, PodSpec, Probe } from '../kubernetes/objects.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { captureBaseline } from '../world/baseline.ts'
import type { Objects } from '../world/world.ts'
import { fullImageName, imagesInvariant } from './images.ts'
import { probeProblem } from './probes.ts'
import { parseQuantity } from './quantity.ts'
import { rbacInvariant } from './rbac.ts'
import { resourceProblems } from './resources.ts'
import { secretsInvariant } from './secrets.ts'
import { securityProblems } from './security.ts'
import { strategyInvariant } from './strategy.ts'
import { trafficInvariant } from './traffic.ts'

const container: Container = {
  name: 'backend',
  image: 'docker.io/reddydodda/taskmaster-backend:1.0',
  ports: [{ containerPort: 5000 }],
  env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'database-secret', key: 'POSTGRES_PASSWORD' } } }],
}
const healthy: KubeObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'backend', namespace: 'taskmaster' },
    spec: { replicas: 2, selector: {}, template: { spec: { containers: [container] } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'database-secret' },
    data: {
      POSTGRES_PASSWORD: Buffer.from('taskpass123').toString('base64'),
      POSTGRES_DB: Buffer.from('taskmaster').toString('base64'),
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'backend-svc' },
    spec: { type: 'ClusterIP', clusterIP: '10.43.0.5', ports: [{ port: 5000 }] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'ingress' },
    spec: {
      rules: [
        {
          host: 'taskmaster.local',
          http: { paths: [{ path: '/api', backend: { service: { name: 'backend-svc' } } }] },
        },
      ],
    },
  },
]
const scenario = { invariants: { except: [], images: [] } } as unknown as Scenario

function objectsOf(list: KubeObject[]): Objects {
  return {
    list: <T extends KubeObject>(kind: string) => list.filter((object) => object.kind === kind) as T[],
    find: <T extends KubeObject>(kind: string, name: string) =>
      list.find((object) => object.kind === kind && object.metadata.name === name) as T | undefined,
  }
}

/** The outcome of an invariant after someone changed the healthy objects. */
function changed(invariant: { evaluate: typeof secretsInvariant.evaluate }, change: (objects: KubeObject[]) => void) {
  const baseline = captureBaseline(objectsOf(healthy), { canary: null, tasks: [] }, new Date(0))
  const live = structuredClone(healthy)
  change(live)
  const users = {
    host: 'taskmaster.local',
    request: async () => ({ status: null, detail: '', isOurs: true }),
    close() {},
  }
  return invariant.evaluate(makeSubject(objectsOf(live), baseline, { users, now: () => new Date(0) }), scenario)
}
const podSpec = (objects: KubeObject[]): PodSpec => (objects[0] as Deployment).spec.template.spec
const first = (objects: KubeObject[]): Container => podSpec(objects).containers[0] as Container

describe('INV-2, probes', () => {
  const before: Probe = { httpGet: { path: '/api/health', port: 5000 }, periodSeconds: 5 }
  const named = { ...container, ports: [{ name: 'http', containerPort: 5000 }] }
  const cases: [string, Probe | undefined, string | undefined][] = [
    ['the same', before, undefined],
    ['a named port that means the same', { httpGet: { path: '/api/health', port: 'http' } }, undefined],
    ['a little more patience', { ...before, periodSeconds: 15, failureThreshold: 6 }, undefined],
    ['none', undefined, 'the readiness probe was removed, not repaired'],
    [
      'another path',
      { httpGet: { path: '/', port: 5000 } },
      'the readiness probe asks :5000/ instead of :5000/api/health',
    ],
    [
      'a port only',
      { tcpSocket: { port: 5000 } },
      'the readiness probe is now tcpSocket, which does not test what the healthy one tested (:5000/api/health)',
    ],
    [
      'a command',
      { exec: { command: ['true'] } },
      'the readiness probe is now exec, which does not test what the healthy one tested (:5000/api/health)',
    ],
    [
      'endless patience',
      { ...before, failureThreshold: 999 },
      'the readiness probe was blunted, not repaired: failureThreshold is 999',
    ],
    [
      'another host',
      { httpGet: { path: '/api/health', port: 5000, host: '10.0.0.1' } },
      'the readiness probe asks another host than its pod',
    ],
  ]
  for (const [what, now, problem] of cases) {
    it(`${what}: ${problem ?? 'accepted'}`, () => expect(probeProblem('readiness', before, now, named)).toBe(problem))
  }
})

describe('INV-3, resources', () => {
  const before = { ...container, resources: { requests: { memory: '256Mi' }, limits: { memory: '512Mi' } } }
  const check = (requests?: Record<string, string>, limits?: Record<string, string>) =>
    resourceProblems(before, { ...container, resources: { requests, limits } })

  it('compares quantities, not texts', () => {
    expect(check({ memory: '268435456' }, { memory: '0.5Gi' })).toEqual([])
    expect(['500m', '1Ki', '1k', '1e3', '0.5'].map(parseQuantity)).toEqual([0.5, 1024, 1000, 1000, 0.5])
    expect(parseQuantity('many')).toBeUndefined()
  })

  it('takes the limit for a request that is left out, as the API server does', () => {
    expect(check(undefined, { memory: '512Mi' })).toEqual([])
  })

  it('names what is removed, too small and too large', () => {
    expect(check()).toEqual([
      'the memory limit was removed (healthy: 512Mi)',
      'the memory request was removed (healthy: 256Mi)',
    ])
    expect(check({ memory: '16Mi' }, { memory: '8Gi' })).toEqual([
      'the memory limit 8Gi is far above the healthy 512Mi',
      'the memory request 16Mi is far below the healthy 256Mi',
    ])
  })
})

describe('INV-4, secrets', () => {
  const observed = async (change: (objects: KubeObject[]) => void) => (await changed(secretsInvariant, change)).observed

  it('holds when nothing was moved, although a Secret has harmless words in it', async () => {
    const word = (objects: KubeObject[]) => first(objects).env?.push({ name: 'DB', value: 'taskmaster' })
    expect((await changed(secretsInvariant, word)).status).toBe('passed')
  })

  it('finds the password in a variable, an argument, a ConfigMap and an annotation, plain or encoded', async () => {
    const places: [string, (objects: KubeObject[]) => void][] = [
      ['Deployment/backend', (objects) => first(objects).env?.push({ name: 'X', value: 'postgres://u:taskpass123@h' })],
      ['Deployment/backend', (objects) => Object.assign(first(objects), { args: ['--password=taskpass123'] })],
      [
        'ConfigMap/c',
        (objects) =>
          objects.push({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'c' },
            data: { p: 'dGFza3Bhc3MxMjM=' },
          }),
      ],
      [
        'Service/backend-svc',
        (objects) => Object.assign(objects[2]?.metadata ?? {}, { annotations: { note: 'taskpass123' } }),
      ],
    ]
    for (const [name, change] of places)
      expect(await observed(change)).toBe(`the password stands in plain text in ${name}`)
  })

  it('names a reference that became a literal, optional, or came from elsewhere', async () => {
    const env = (variable: object) => (objects: KubeObject[]) =>
      Object.assign(first(objects).env?.[0] ?? {}, { value: undefined, valueFrom: undefined }, variable)
    expect(await observed(env({ value: 'guess' }))).toBe(
      'DB_PASSWORD is a literal, not a reference to a Secret in Deployment/backend',
    )
    expect(await observed(env({ valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } }))).toBe(
      'DB_PASSWORD was made optional, not repaired in Deployment/backend',
    )
    expect(await observed(env({ valueFrom: { configMapKeyRef: { key: 'k' } } }))).toContain('comes from a ConfigMap')
    expect(await observed((objects) => Object.assign(first(objects), { env: [] }))).toContain(
      'no longer comes from a Secret',
    )
  })

  it('lets the last of two variables of one name count', async () => {
    expect(await observed((objects) => first(objects).env?.push({ name: 'DB_PASSWORD', value: 'guess' }))).toContain(
      'is a literal',
    )
  })
})

it('INV-5 knows an image by its full name', async () => {
  expect(['nginx', 'nginx:1', 'a/b', 'reg.io/a/b@sha256:1', 'localhost:5000/x'].map(fullImageName)).toEqual([
    'docker.io/library/nginx:latest',
    'docker.io/library/nginx:1',
    'docker.io/a/b:latest',
    'reg.io/a/b@sha256:1',
    'localhost:5000/x:latest',
  ])
  const short = (objects: KubeObject[]) => Object.assign(first(objects), { image: 'reddydodda/taskmaster-backend:1.0' })
  expect((await changed(imagesInvariant, short)).status).toBe('passed')
  const other = (objects: KubeObject[]) => Object.assign(first(objects), { image: 'nginx' })
  expect((await changed(imagesInvariant, other)).observed).toBe(
    'container backend of Deployment/backend runs nginx, which is not one of its images',
  )
})

it('INV-7 refuses broad rights for accounts, and leaves people alone', async () => {
  const bind = (subject: object, role: string) => (objects: KubeObject[]) =>
    objects.push({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'b' },
      roleRef: { kind: 'ClusterRole', name: role },
      subjects: [subject],
    })
  const account = { kind: 'ServiceAccount', name: 'default' }
  expect((await changed(rbacInvariant, bind(account, 'cluster-admin'))).observed).toBe(
    'RoleBinding/b gives cluster-admin',
  )
  expect((await changed(rbacInvariant, bind(account, 'view'))).status).toBe('passed')
  expect((await changed(rbacInvariant, bind({ kind: 'User', name: 'ada' }, 'admin'))).status).toBe('passed')
})

it('INV-9 names every new power', () => {
  const now: PodSpec = {
    hostNetwork: true,
    volumes: [{ name: 'v', hostPath: { path: '/' } }],
    containers: [{ ...container, securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'] } } }],
  }
  expect(securityProblems({ containers: [container] }, now)).toEqual([
    'hostNetwork was switched on',
    "the host's / is mounted",
    'container backend is privileged',
    'container backend has the capabilities NET_ADMIN',
  ])
})

describe('INV-10, traffic', () => {
  const observed = async (change: (objects: KubeObject[]) => void) => (await changed(trafficInvariant, change)).observed
  const spec = (index: number, change: object) => (objects: KubeObject[]) =>
    Object.assign(objects[index]?.spec as object, change)

  it('names Services that are gone, of another type, or without their port', async () => {
    expect(await observed((objects) => objects.splice(2, 1))).toContain('Service/backend-svc does not exist')
    expect(await observed(spec(2, { type: 'NodePort' }))).toBe(
      'Service/backend-svc is of type NodePort instead of ClusterIP',
    )
    expect(await observed(spec(2, { ports: [{ port: 80 }] }))).toBe('Service/backend-svc no longer has port 5000')
  })

  it('names routes that lead elsewhere or nowhere', async () => {
    const rules = (service: string) => ({
      rules: [
        { host: 'taskmaster.local', http: { paths: [{ path: '/api', backend: { service: { name: service } } }] } },
      ],
    })
    expect(await observed(spec(3, rules('other')))).toBe(
      'the Ingress sends taskmaster.local/api to other instead of backend-svc',
    )
    expect(await observed((objects) => objects.splice(3, 1))).toBe('no Ingress rule for taskmaster.local/api')
  })

  it('names addresses in place of names', async () => {
    const change = (objects: KubeObject[]) => first(objects).env?.push({ name: 'DB_HOST', value: '10.43.0.5' })
    expect(await observed(change)).toBe("DB_HOST of Deployment/backend is the address 10.43.0.5, not a Service's name")
  })
})

it('INV-15 takes a percentage for the number of pods that it comes to', async () => {
  const rolling = (rollingUpdate: object) => (objects: KubeObject[]) =>
    Object.assign(objects[0]?.spec as object, { strategy: { type: 'RollingUpdate', rollingUpdate } })
  const same = await changed(strategyInvariant, rolling({ maxUnavailable: 0, maxSurge: '50%' }))
  expect(same).toMatchObject({ status: 'passed' })
  const other = await changed(strategyInvariant, rolling({ maxUnavailable: '50%', maxSurge: 1 }))
  expect(other.observed).toContain('unavailable 50%')
})

it('INV-15 names a pause and another strategy', async () => {
  const change = (objects: KubeObject[]) =>
    Object.assign(objects[0]?.spec as object, { paused: true, strategy: { type: 'Recreate' } })
  expect((await changed(strategyInvariant, change)).observed).toBe(
    'Deployment/backend is paused; the rollout strategy of Deployment/backend is Recreate instead of RollingUpdate(unavailable 25%, surge 25%)',
  )
})
