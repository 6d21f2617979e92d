// LAB_CLUSTER=kubeconfig on a cluster that the lab did not make: here our own, so that it runs everywhere.
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { makeMemoryStore } from '../../src/lab/attempt-store.ts'
import { readKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { type KubernetesApi, makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import { instructor, type NamespaceLab, startNamespaceLab } from './namespace-lab.ts'
import { makePlatformAccount } from './platform-account.ts'
import { startTestCluster, type TestCluster } from './test-cluster.ts'

let cluster: TestCluster
let api: KubernetesApi
let under: NamespaceLab | undefined
beforeAll(async () => {
  cluster = await startTestCluster('namespaces')
  api = cluster.api
})
afterEach(async () => {
  await under?.stop()
  under = undefined
})
afterAll(() => cluster.stop())

const spaces = async () => (await api.list('Namespace')).map(({ metadata }) => metadata.name)
/** Holds the lab's account to its namespaces, on Kubernetes 1.30 and newer. */
const admission = join(import.meta.dirname, '../../../manifests/platform/admission')
const repair = ['patch', 'service', 'backend-svc', '--type=merge', '-p', '{"spec":{"selector":{"app":"backend"}}}']

it.each([
  ["through the API server's service proxy", false],
  ['through the Ingress', true],
])('an attempt is broken, repaired by the student, solved and leaves nothing, asked %s', async (way, isIngress) => {
  under = await startNamespaceLab(cluster.kubeconfig, isIngress ? { LAB_INGRESS_URL: cluster.ingressUrl ?? '' } : {})
  const { id, namespace } = await under.broken('tasks-do-not-load')
  expect(namespace).toMatch(/^taskmaster-[a-z0-9]{10}$/)
  expect(await spaces()).toContain(namespace)

  const timeline = (await under.lab.get(instructor, id)).checks
  expect(timeline.find((check) => check.id === 'tasks')?.observed).toBe('503 Service Unavailable')
  expect(await under.asStudent(id, ...repair)).toMatchObject({ ok: true })
  const solved = await under.inState(id, 'solved')
  expect(solved.score).toMatchObject({ points: 100, max: 100 })

  await under.lab.end(instructor, id)
  expect(await spaces()).not.toContain(namespace)
  expect((await api.list('ServiceAccount', 'taskmaster-lab-students')).map(({ metadata }) => metadata.name)).toEqual([
    'default',
  ])
  const report = await under.lab.report(instructor, id)
  expect(report.timeline.map(({ text }) => text).join('\n')).toContain(way)
  expect(under.problems).toEqual([])
})

it('two attempts at once do not touch each other', async () => {
  under = await startNamespaceLab(cluster.kubeconfig)
  const [one, two] = await Promise.all([under.broken('tasks-do-not-load'), under.broken('tasks-do-not-load')])
  expect(one.namespace).not.toBe(two.namespace)
  const foreign = await under.asStudent(one.id, '-n', two.namespace, 'get', 'pods')
  expect(foreign).toMatchObject({ ok: false, output: expect.stringContaining('forbidden') })

  expect(await under.asStudent(one.id, ...repair)).toMatchObject({ ok: true })
  await under.inState(one.id, 'solved')
  expect((await under.lab.check(instructor, two.id)).state).toBe('broken')

  await under.lab.end(instructor, one.id)
  expect(await spaces()).toContain(two.namespace)
  expect(await under.asStudent(two.id, ...repair)).toMatchObject({ ok: true })
  await under.inState(two.id, 'solved')
  await under.lab.end(instructor, two.id)
  expect(await under.provider.list()).toEqual([])
})

it("a student's rights end at the namespace, and its limits come back when they remove them", async () => {
  under = await startNamespaceLab(cluster.kubeconfig)
  const { id, namespace } = await under.broken('tasks-do-not-load')
  const may = async (...args: string[]) => (await under?.asStudent(id, 'auth', 'can-i', ...args))?.output.split('\n')[0]
  expect(await may('create', 'deployments')).toBe('yes')
  expect(await may('patch', 'resourcequotas')).toBe('yes')
  expect(await may('list', 'nodes')).toBe('yes')
  expect(await may('get', `namespaces/${namespace}`)).toBe('yes')
  expect(await may('patch', `namespaces/${namespace}`)).toBe('no')
  expect(await may('update', 'endpoints')).toBe('no')
  expect(await may('create', 'endpointslices')).toBe('no')
  expect(await may('list', 'secrets', '-n', 'kube-system')).toBe('no')
  expect(await may('list', 'namespaces')).toBe('no')

  const quota = async () =>
    (await api.find({ kind: 'ResourceQuota', namespace, name: 'taskmaster-lab' }))?.spec as
      | { hard: Record<string, string> }
      | undefined
  expect((await quota())?.hard).toMatchObject({ 'requests.cpu': '1800m', 'requests.memory': '2Gi' })
  expect(await under.asStudent(id, 'delete', 'resourcequota', 'taskmaster-lab')).toMatchObject({ ok: true })
  await expect.poll(quota, { timeout: 5_000 }).toMatchObject({ hard: { 'requests.cpu': '1800m' } })
  const loosened = '{"spec":{"hard":{"pods":"500"}}}'
  await under.asStudent(id, 'patch', 'resourcequota', 'taskmaster-lab', '--type=merge', '-p', loosened)
  await expect.poll(async () => (await quota())?.hard.pods, { timeout: 5_000 }).toBe('20')
  await under.lab.end(instructor, id)
})

it("a browser's request passes the API server's proxy to the application and to nothing else", async () => {
  under = await startNamespaceLab(cluster.kubeconfig)
  const { id } = await under.broken('only-some-calls-work')
  const target = under.lab.appTarget(id)
  if (!target || !('forward' in target)) throw new Error('the application is not asked through the API server')
  const ask = (path: string, headers = {}) => target.forward({ method: 'GET', path, headers, body: '' })
  const page = await ask('/', { 'impersonate-user': 'nobody', authorization: 'Bearer wrong' })
  expect(page.status).toBe(200)
  expect(page.headers['content-type']).toContain('text/html')
  expect(page.body).not.toContain('/proxy/')
  expect((await ask('/%2e%2e/%2e%2e/%2e%2e/secrets')).body).not.toContain('SecretList')
  expect((await ask('/..%2f..%2f..%2fsecrets')).status).toBe(400)
  await under.lab.end(instructor, id)
})

it('an attempt goes on after a restart of the lab, and what no attempt owns is removed', async () => {
  const store = makeMemoryStore()
  under = await startNamespaceLab(cluster.kubeconfig, {}, { store })
  const { id, namespace } = await under.broken('tasks-do-not-load')
  const stray = await under.provider.create('sandbox-stray')
  await under.provider.create('sandbox-other').then((other) => other.release())
  const other = await startNamespaceLab(cluster.kubeconfig, { LAB_INSTANCE: 'another' })
  expect(await spaces()).toContain(stray.namespace)
  await other.stop()
  await under.stop()

  under = await startNamespaceLab(cluster.kubeconfig, {}, { store })
  await expect.poll(spaces, { timeout: 20_000 }).not.toContain(stray.namespace)
  expect(await spaces()).toContain(namespace)
  expect(await under.asStudent(id, ...repair)).toMatchObject({ ok: true })
  await under.inState(id, 'solved')
  await under.lab.end(instructor, id)
  expect(await under.provider.list()).toEqual([])
})

it('a single learner has the literal namespace, and a namespace of somebody else is left alone', async () => {
  under = await startNamespaceLab(cluster.kubeconfig, { LAB_NAMESPACE: 'taskmaster' })
  const { id, namespace } = await under.broken('site-not-found')
  expect(namespace).toBe('taskmaster')
  const second = await under.lab.start(instructor, { scenarioId: 'tasks-do-not-load' })
  await expect(under.inState(second.id, 'broken')).rejects.toThrow('in use by another attempt of this lab')
  const host = '[{"op":"replace","path":"/spec/rules/0/host","value":"taskmaster.local"}]'
  expect(await under.asStudent(id, 'patch', 'ingress', 'taskmaster-ingress', '--type=json', '-p', host)).toMatchObject({
    ok: true,
  })
  await under.inState(id, 'solved')
  await under.lab.end(instructor, id)

  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'taskmaster' } })
  await expect(under.provider.create('sandbox-mine')).rejects.toThrow("exists and is not this lab's")
  expect(await spaces()).toContain('taskmaster')
})

it('runs with the rights that manifests/platform gives it, and they end where its namespaces end', async () => {
  const kubeconfig = await makePlatformAccount(cluster.kubeconfig)
  await cluster.kubectl('apply', '-k', admission)
  under = await startNamespaceLab(kubeconfig, { LAB_SANDBOX_ROLE: 'taskmaster-lab-sandbox' })
  const { id } = await under.broken('tasks-do-not-load')
  expect(await under.asStudent(id, ...repair)).toMatchObject({ ok: true })
  await under.inState(id, 'solved')
  await under.lab.reset(instructor, id)
  await under.inState(id, 'broken')
  await under.lab.end(instructor, id)
  expect(under.problems).toEqual([])

  const lab = makeKubernetesApi(readKubeconfig(kubeconfig))
  await expect(lab.list('Secret', 'kube-system')).rejects.toThrow('forbidden')
  await expect(lab.list('Pod', 'default')).rejects.toThrow('forbidden')
  // What RBAC cannot say: the admission policy does.
  const refusal = 'the lab works in namespaces taskmaster-<attempt> only, not in'
  const foreign = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } }
  await api.create(foreign)
  await expect(lab.create({ ...foreign, metadata: { name: 'shipping' } })).rejects.toThrow(`${refusal} shipping`)
  await expect(lab.remove({ kind: 'Namespace', name: 'payments' })).rejects.toThrow(`${refusal} payments`)
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'mine', namespace: 'kube-system' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'taskmaster-lab-sandbox' },
    subjects: [{ kind: 'ServiceAccount', name: 'taskmaster-lab', namespace: 'taskmaster-lab' }],
  }
  await expect(lab.create(binding)).rejects.toThrow(`${refusal} kube-system`)
  await api.remove({ kind: 'Namespace', name: 'payments' })
  lab.close()
})
