// Several labs with one database: what one has begun the next goes on with, and nothing is done twice.
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { images } from '@taskmaster-lab/workload/images'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Cluster, startCluster } from '../../src/cluster/index.ts'
import type { Attempt, Report } from '../../src/contract/attempts.ts'
import { readKubeconfig, writeKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { type KubernetesApi, makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type LabProcess, startLabProcess } from './lab-process.ts'

let folder: string
let cluster: Cluster
let postgres: EmbeddedPostgres
let api: KubernetesApi
let proxy: FaultProxy
const labs: LabProcess[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replicas-'))
  // PostgreSQL runs as a user of its own.
  await chmod(folder, 0o711)
  cluster = await startCluster({ dataDir: join(folder, 'cluster'), images, onUnexpected() {} })
  postgres = await startEmbeddedPostgres({ dataDir: folder, onLog() {} })
  api = makeKubernetesApi(readKubeconfig(cluster.kubeconfig))
  proxy = await startFaultProxy(readKubeconfig(cluster.kubeconfig))
  const through = writeKubeconfig({ server: proxy.access.server, token: 'none' }, { cluster: 'proxy', user: 'lab' })
  await writeFile(join(folder, 'kubeconfig'), through, { mode: 0o600 })
})
afterAll(async () => {
  await Promise.all(labs.map((lab) => lab.kill()))
  await proxy.stop()
  api.close()
  await postgres.stop()
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Resolves when this lab is the one that works. */
async function startLab(name: string): Promise<LabProcess> {
  const lab = await startLabProcess({
    LAB_CLUSTER: 'kubeconfig',
    KUBECONFIG: join(folder, 'kubeconfig'),
    LAB_INSTANCE: 'replicas',
    LAB_WARM_POOL: '0',
    LAB_DATA_DIR: join(folder, name),
    DATABASE_URL: postgres.url,
  })
  labs.push(lab)
  return lab
}

/** JSON patches of the Service: the fault goes in so, and nothing else does. */
const injections = () =>
  proxy.requests.filter(({ method, path }) => method === 'PATCH' && path.includes('/services/backend-svc?')).length

it('the next lab goes on where the last one was killed: injected once, solved once', async () => {
  const first = await startLab('first')
  const waiting = startLab('second')
  const { id } = await first.ask<Attempt>('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })
  const broken = await first.inState(id, ['broken'])
  const injected = injections()
  await api.mergePatch(
    { kind: 'Service', namespace: broken.namespace, name: 'backend-svc' },
    { spec: { selector: { app: 'backend' } } },
  )
  await first.kill()

  const second = await waiting
  const solved = await second.inState(id, ['solved'])
  expect(solved.score).toMatchObject({ points: 100 })
  expect(injections()).toBe(injected)
  const { timeline } = await second.ask<Report>('GET', `/attempts/${id}/report`)
  const kinds = timeline.map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'fault')).toHaveLength(1)
  expect(kinds.filter((kind) => kind === 'solved')).toHaveLength(1)
  await second.ask('DELETE', `/attempts/${id}`)
})

it('a lab that loses its database ends at once and asks the cluster nothing more', async () => {
  const lab = labs.at(-1) as LabProcess
  const ended = once(lab.child, 'exit')
  await postgres.stop()
  expect((await ended)[0]).toBe(1)
  expect(lab.log()).toContain('This lab stops at once')
  const asked = proxy.requests.length
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(proxy.requests).toHaveLength(asked)
})
