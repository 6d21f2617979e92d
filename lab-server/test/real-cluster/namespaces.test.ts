// LAB_CLUSTER=kubeconfig on a cluster that the lab did not make: here our own, so that it runs everywhere.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { images } from '@taskmaster-lab/workload/images'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Cluster, startCluster } from '../../src/cluster/index.ts'
import { readKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { type KubernetesApi, makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import { instructor, type NamespaceLab, startNamespaceLab } from './namespace-lab.ts'

let dataDir: string
let cluster: Cluster
let api: KubernetesApi
let under: NamespaceLab | undefined
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'namespaces-'))
  cluster = await startCluster({ dataDir, images })
  api = makeKubernetesApi(readKubeconfig(cluster.kubeconfig))
})
afterEach(async () => {
  await under?.stop()
  under = undefined
})
afterAll(async () => {
  api.close()
  await cluster.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const spaces = async () => (await api.list('Namespace')).map(({ metadata }) => metadata.name)
const repair = ['patch', 'service', 'backend-svc', '--type=merge', '-p', '{"spec":{"selector":{"app":"backend"}}}']

it.each([
  ["through the API server's service proxy", false],
  ['through the Ingress', true],
])('an attempt is broken, repaired by the student, solved and leaves nothing, asked %s', async (way, isIngress) => {
  under = await startNamespaceLab(cluster.kubeconfig, isIngress ? { LAB_INGRESS_URL: cluster.ingressUrl } : {})
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
