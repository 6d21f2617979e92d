// All controllers together on the real registry: TaskMaster deployed, changed and deleted.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type ApiServer, startApiServer } from '../apiserver/start-api-server.ts'
import type { Client } from '../client.ts'
import { formatTime } from '../clock.ts'
import { makeKindTable } from '../objects/kind-table.ts'
import type { KubeObject, Pod } from '../objects/types.ts'
import { makeVirtualClock, type VirtualClock } from '../virtual-clock.ts'
import { startControllers } from './index.ts'
import type { Running } from './runtime.ts'
import { eventually } from './testing/eventually.ts'
import { makeNode, makePod } from './testing/objects.ts'

const manifests = new URL('../../../../manifests/taskmaster/', import.meta.url).pathname
const namespace = 'taskmaster'
let clock: VirtualClock
let api: ApiServer
let client: Client
let controllers: Running
let hostDir: string
let errors: unknown[]

beforeEach(async () => {
  clock = makeVirtualClock(Date.now())
  hostDir = mkdtempSync(join(tmpdir(), 'host-'))
  errors = []
  const kinds = makeKindTable()
  api = await startApiServer({ clock, kinds, onUnexpected: (error) => errors.push(error) })
  client = api.client
  controllers = startControllers({
    client,
    clock,
    kinds: () => kinds.all(),
    rootCa: 'PEM',
    volumesDir: '/opt/volumes',
    hostDir,
    ingress: { address: { ip: '10.99.0.1' }, namespace: 'ingress-nginx', labels: { app: 'controller' } },
    onError: (error, where) => errors.push(new Error(where, { cause: error })),
  })
  await client.create(makeNode('node-1'))
  runPods()
  keepAlive()
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ingress-nginx' } })
  await client.create({
    ...makePod('controller', {}),
    metadata: { name: 'controller', namespace: 'ingress-nginx', labels: { app: 'controller' } },
  })
})
afterEach(async () => {
  await controllers.stop()
  await api.stop()
  rmSync(hostDir, { recursive: true })
  expect(errors).toEqual([])
})

/** Stands in for the kubelet: pods are ready two seconds after they were bound, unless their image is `bad`. */
function runPods() {
  const seen = new Set<string>()
  client.watch('Pod', ({ type, object }) => {
    const { uid = '', name = '', namespace = '', deletionTimestamp } = object.metadata
    if (type === 'DELETED' || !object.spec?.nodeName) return
    const once = (what: string, delayMs: number, run: () => Promise<unknown>) => {
      if (seen.has(what + uid)) return
      seen.add(what + uid)
      clock.after(delayMs, () => {
        if (client.find('Pod', { namespace, name })?.metadata.uid === uid) run().catch((error) => errors.push(error))
      })
    }
    if (deletionTimestamp)
      once('gone', 1000, () => client.remove('Pod', { namespace, name }, { gracePeriodSeconds: 0 }))
    const podIP = `10.42.0.${seen.size + 1}`
    const isBad = object.spec.containers[0]?.image === 'bad'
    once('ready', 2000, () =>
      client.writeStatus(object, runningStatus(client.get('Pod', { namespace, name }), podIP, isBad)),
    )
  })
}

function runningStatus({ status }: Pod, podIP: string, isBad: boolean) {
  const ready = { type: 'Ready', status: isBad ? 'False' : 'True', lastTransitionTime: formatTime(clock.now()) }
  const conditions = [...(status?.conditions ?? []).filter(({ type }) => type !== 'Ready'), ready]
  return { ...status, phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions }
}

function keepAlive() {
  const key = { namespace: 'kube-node-lease', name: 'node-1' }
  const spec = { renewTime: new Date(clock.now()).toISOString().replace('Z', '000Z') }
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: key, spec }
  const write = client.find('Lease', key) ? client.patch('Lease', key, { spec }) : client.create(lease)
  write.catch((error) => errors.push(error))
  clock.after(10_000, keepAlive)
}

async function deploy() {
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'taskmaster' } })
  await clock.advance(10)
  for (const file of readdirSync(manifests).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')) {
    for (const document of parseAllDocuments(readFileSync(join(manifests, file), 'utf8'))) {
      const object = document.toJS() as KubeObject | null
      if (!object?.kind || object.kind === 'Namespace') continue
      await client.create({ ...object, metadata: { ...object.metadata, namespace: 'taskmaster' } })
    }
  }
  await eventually(clock, () =>
    expect(client.get('PersistentVolumeClaim', { namespace, name: 'postgres-pvc' }).status?.phase).toBe('Bound'),
  )
  await clock.advance(20_000)
}

const addresses = (name: string) =>
  client
    .get('EndpointSlice', { namespace, name: sliceOf(name) })
    .endpoints?.filter(({ conditions }) => conditions?.ready)
const sliceOf = (service: string) =>
  client.list('EndpointSlice', { namespace }).find(({ metadata }) => metadata.name?.startsWith(service))?.metadata
    .name ?? ''

it('brings TaskMaster up healthy', async () => {
  await deploy()
  const status = Object.fromEntries(
    client
      .list('Deployment', { namespace })
      .map(({ metadata, status: { availableReplicas, conditions } = {} }) => [
        metadata.name,
        [availableReplicas, ...(conditions ?? []).map(({ reason }) => reason)],
      ]),
  )
  const healthy = ['MinimumReplicasAvailable', 'NewReplicaSetAvailable']
  expect(status).toEqual({ frontend: [2, ...healthy], backend: [2, ...healthy], postgres: [1, ...healthy] })
  expect(client.get('PersistentVolumeClaim', { namespace, name: 'postgres-pvc' }).status?.phase).toBe('Bound')
  expect(addresses('backend-svc')).toHaveLength(2)
  expect(client.get('Ingress', { namespace, name: 'taskmaster-ingress' }).status).toEqual({
    loadBalancer: { ingress: [{ ip: '10.99.0.1' }] },
  })
  expect(client.list('ConfigMap', { namespace }).map(({ metadata }) => metadata.name)).toContain('kube-root-ca.crt')
})

it('owns the fields of a Deployment that a real controller manager owns: its revision and its status', async () => {
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const backend = parseAllDocuments(readFileSync(join(manifests, 'backend.yaml'), 'utf8'))
    .map((document) => document.toJS() as KubeObject)
    .find(({ kind }) => kind === 'Deployment')
  const metadata = { ...backend?.metadata, namespace, annotations: { its: 'own' } }
  await client.as('kubectl-create').create({ ...backend, metadata } as KubeObject)
  const key = { namespace, name: 'backend' }
  await eventually(clock, () => expect(client.get('Deployment', key).status?.availableReplicas).toBe(2))
  const { managedFields = [] } = client.get('Deployment', key).metadata
  const [entry, ...others] = managedFields.filter(({ manager }) => manager === 'kube-controller-manager')
  expect(others).toEqual([])
  expect(entry?.subresource).toBe('status')
  const { 'f:status': status, ...rest } = (entry?.fieldsV1 ?? {}) as Record<string, object>
  expect(rest).toEqual({ 'f:metadata': { 'f:annotations': { 'f:deployment.kubernetes.io/revision': {} } } })
  const counts = ['availableReplicas', 'observedGeneration', 'readyReplicas', 'replicas', 'terminatingReplicas']
  const fields = [...counts, 'updatedReplicas', 'conditions'].map((name) => `f:${name}`)
  expect(Object.keys(status ?? {}).sort()).toEqual(fields.sort())
})

it('keeps serving from the old pods while a new template does not work', async () => {
  await deploy()
  const before = addresses('backend-svc')?.map(({ targetRef }) => targetRef?.name)
  const [container] = client.get('Deployment', { namespace, name: 'backend' }).spec?.template.spec?.containers ?? []
  const template = { spec: { containers: [{ ...container, image: 'bad' }] } }
  await client.patch('Deployment', { namespace, name: 'backend' }, { spec: { template } })
  await clock.advance(60_000)
  expect(addresses('backend-svc')?.map(({ targetRef }) => targetRef?.name)).toEqual(before)
  expect(client.get('Deployment', { namespace, name: 'backend' }).status).toMatchObject({
    replicas: 3,
    updatedReplicas: 1,
    availableReplicas: 2,
    unavailableReplicas: 1,
  })
})

it('serves nobody while a Service selects nothing', async () => {
  await deploy()
  await client.patch('Service', { namespace, name: 'backend-svc' }, { spec: { selector: { app: 'backends' } } })
  await clock.advance(1000)
  expect(addresses('backend-svc') ?? []).toEqual([])
  expect(client.get('Endpoints', { namespace, name: 'backend-svc' }).subsets ?? []).toEqual([])
})

it('deletes everything with the namespace, the volume and its folder included', async () => {
  await deploy()
  expect(readdirSync(join(hostDir, 'opt/volumes'))).toHaveLength(1)
  await client.remove('Namespace', { name: namespace })
  await clock.advance(30_000)
  expect(client.find('Namespace', { name: namespace })).toBeUndefined()
  expect(client.list('Pod', { namespace })).toEqual([])
  await eventually(clock, () => expect(client.list('PersistentVolume')).toEqual([]))
  expect(readdirSync(join(hostDir, 'opt/volumes'))).toEqual([])
})
