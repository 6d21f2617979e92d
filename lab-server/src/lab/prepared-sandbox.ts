// A sandbox with the healthy application in it, its baseline captured and the student's access granted.
// The warm pool keeps some of these ahead of need.
import { isHealthy, readHealth } from './application/health.ts'
import { makeProxyPath } from './application/proxy-path.ts'
import { makeIngressPath, type UsersPath } from './application/users-path.ts'
import { tasksOf } from './checks/api-cycle.ts'
import { readKubeconfig } from './kubernetes/kubeconfig.ts'
import { type KubernetesApi, makeKubernetesApi } from './kubernetes/kubernetes-api.ts'
import { type Deployment, isAvailable } from './kubernetes/objects.ts'
import { hostOf, readManifests } from './manifests.ts'
import type { Sandbox, SandboxProvider } from './sandbox.ts'
import type { StageId } from './stages.ts'
import { grantStudentAccess, makeStudentKubeconfig } from './student-access.ts'
import { type Baseline, type Canary, captureBaseline, type TaskRow } from './world/baseline.ts'
import { startWorld, type World } from './world/world.ts'

/** An open connection to a sandbox: what it runs, seen and reached. */
export interface SandboxSession {
  sandbox: Sandbox
  api: KubernetesApi
  world: World
  users: UsersPath
  /** Lets go of the sandbox without ending it. */
  disconnect(): void
}

export interface PreparedSandbox extends SandboxSession {
  baseline: Baseline
  kubeconfig: string
}

export interface PrepareOptions {
  signal?: AbortSignal
  onStage?(stage: StageId): void
  now?: () => Date
}

const deployTimeoutMs = 180_000
const healthTimeoutMs = 60_000
const healthPollMs = 150
/** A busy machine may let a request wait longer than it should. */
const listTimeoutMs = 20_000

/** Opens a sandbox: clients and watches. */
export async function openSandbox(sandbox: Sandbox): Promise<SandboxSession> {
  const api = makeKubernetesApi(sandbox.access ?? readKubeconfig(sandbox.adminKubeconfig), sandbox)
  const host = sandbox.host ?? hostOf(sandbox.namespace)
  const world = await startWorld(api, sandbox.namespace)
  const users = sandbox.ingressUrl
    ? makeIngressPath(sandbox.ingressUrl, host)
    : makeProxyPath({ api, world, host, ingressClass: sandbox.ingressClass ?? 'nginx' })
  return {
    sandbox,
    api,
    world,
    users,
    disconnect() {
      world.stop()
      users.close()
      api.close()
    },
  }
}

/** Makes a sandbox and deploys the application into it; releases it again when that fails. */
export async function prepareSandbox(
  provider: SandboxProvider,
  id: string,
  options: PrepareOptions = {},
): Promise<PreparedSandbox> {
  options.onStage?.('cluster')
  const sandbox = await provider.create(id)
  let session: SandboxSession | undefined
  try {
    options.signal?.throwIfAborted()
    session = await openSandbox(sandbox)
    const kubeconfig = await deploy(session, options)
    options.onStage?.('baseline')
    const baseline = await recordBaseline(session, options.now?.() ?? new Date())
    return { ...session, baseline, kubeconfig }
  } catch (error) {
    session?.disconnect()
    await sandbox.release()
    throw error
  }
}

/** Applies the manifests and waits until users are served; returns the student's kubeconfig. */
export async function deploy(session: SandboxSession, options: PrepareOptions = {}): Promise<string> {
  const { api, sandbox } = session
  const manifests = readManifests(sandbox.namespace)
  const [space, ...objects] = sandbox.furnish?.(manifests) ?? manifests
  if (space) await api.apply(space)
  const access = grantStudentAccess(api, sandbox).then(() => makeStudentKubeconfig(api, sandbox))
  // Awaited at the end; a failure meanwhile must not count as unhandled.
  access.catch(() => {})
  await Promise.all(objects.map((object) => api.apply(object)))
  for (const stage of ['database', 'backend', 'frontend'] as const) {
    options.onStage?.(stage)
    await available(session, stage === 'database' ? 'postgres' : stage, options.signal)
  }
  await healthy(session, options.signal)
  return access
}

/** Resolves when every replica of the Deployment is available. */
async function available({ world }: SandboxSession, name: string, signal?: AbortSignal): Promise<void> {
  await world.until(
    () => {
      const live = world.find<Deployment>('Deployment', name)
      return live && isAvailable(live) ? true : undefined
    },
    { timeoutMs: deployTimeoutMs, what: `Deployment/${name} to be available`, signal },
  )
}

/** Resolves when the application serves its users. */
export async function healthy({ users }: SandboxSession, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + healthTimeoutMs
  for (;;) {
    signal?.throwIfAborted()
    const health = await readHealth(users, () => new Date())
    if (isHealthy(health)) return
    if (Date.now() > deadline) {
      throw new Error(
        `the application is deployed but does not serve: page ${health.frontend.detail}, API ${health.api.detail}`,
      )
    }
    // The users' path has no watch: poll, but not in a tight loop.
    await new Promise((resolve) => setTimeout(resolve, healthPollMs))
  }
}

/** Writes a task to be found again after the repair, and captures everything. */
export async function recordBaseline(session: SandboxSession, now: Date): Promise<Baseline> {
  const data = await putCanary(session.users, now)
  const { world } = session
  const isWhole = () => (['PersistentVolumeClaim', 'Namespace'] as const).every((kind) => world.list(kind).length > 0)
  await world.until(() => (isWhole() && world.isCurrent() ? true : undefined), {
    timeoutMs: 10_000,
    what: 'a current view of the namespace',
  })
  return captureBaseline(session.world, data, now)
}

const canaryTitles = [
  'Renew the certificate of the mail gateway',
  'Order disks for the backup server',
  'Book the room for the retrospective',
]

async function putCanary(users: UsersPath, now: Date): Promise<{ canary: Canary; tasks: TaskRow[] }> {
  const title = canaryTitles[now.getTime() % canaryTitles.length] ?? 'Order disks'
  const deadline = Date.now() + listTimeoutMs
  const id = await writeTask(users, title, deadline)
  for (;;) {
    const listed = await users.request({ path: '/api/tasks' })
    const tasks = tasksOf(listed)
    const task = tasks.find((candidate) => candidate.id === id)
    if (task) return { canary: { id, title, createdAt: task.created_at ?? '' }, tasks }
    if (Date.now() > deadline) {
      const answer = listed.status === null ? listed.detail : `${listed.status}, ${tasks.length} tasks`
      throw new Error(`the task that was written is not in the list: ${answer}`)
    }
    await new Promise((resolve) => setTimeout(resolve, healthPollMs))
  }
}

/** Answers with the id of a new task. A database that has only begun to serve may need more than one try. */
async function writeTask(users: UsersPath, title: string, deadline: number): Promise<number> {
  const body = { title, description: 'Due at the end of the month', status: 'pending' }
  for (;;) {
    const created = await users.request({ method: 'POST', path: '/api/tasks', body })
    const id = created.status === null ? undefined : (created.json as { id?: unknown } | undefined)?.id
    if (typeof id === 'number') return id
    if (Date.now() > deadline) throw new Error(`a task could not be written: ${created.status ?? created.detail}`)
    await new Promise((resolve) => setTimeout(resolve, healthPollMs))
  }
}
