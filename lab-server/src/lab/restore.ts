// Brings a sandbox back to its baseline in place: the student's terminal and kubeconfig stay valid.
import { beyondRestored } from './beyond.ts'
import { tasksOf } from './checks/api-cycle.ts'
import { podsGone } from './faults/inject.ts'
import type { KindName } from './kubernetes/kinds.ts'
import { objectPath } from './kubernetes/kinds.ts'
import { fieldManager, type ObjectName } from './kubernetes/kubernetes-api.ts'
import { KubernetesError, readStatus } from './kubernetes/kubernetes-error.ts'
import {
  type Deployment,
  findController,
  type KubeObject,
  type PodSpec,
  type ReplicaSet,
} from './kubernetes/objects.ts'
import { nameInWorld } from './kubernetes/reference.ts'
import { deploy, healthy, type PrepareOptions, recordBaseline, type SandboxSession } from './prepared-sandbox.ts'
import { changedSettings, isSettings, readsAny } from './stale-settings.ts'
import { grantStudentAccess } from './student-access.ts'
import { type Baseline, captureObjects } from './world/baseline.ts'
import { fieldChanges, isSame, normalise } from './world/normalise.ts'

export interface RestoreOptions extends PrepareOptions {
  /** What has changed since the baseline, as `Kind/name`, whatever it is by now. */
  touched?: readonly string[]
}

/** The healthy application again, data as in the baseline; returns the baseline that now holds. */
export async function restoreBaseline(
  session: SandboxSession,
  baseline: Baseline,
  options: RestoreOptions = {},
): Promise<Baseline> {
  const { api, sandbox } = session
  const now = options.now?.() ?? new Date()
  // First: without it nothing else may come back.
  for (const healthyObject of Object.values(baseline.beyond ?? {})) await restoreObject(session, healthyObject)
  await beyondRestored(session, baseline, options.signal)
  const space = await api.find({ kind: 'Namespace', name: sandbox.namespace })
  if (!space || space.metadata.deletionTimestamp) {
    await namespaceGone(session, options.signal)
    await deploy(session, options)
    return recordBaseline(session, now)
  }
  const isDataLost = isVolumeLost(session, baseline)
  await grantStudentAccess(api, sandbox)
  await removeExtras(session, baseline)
  if (isDataLost) await dropDatabase(session, baseline, options.signal)
  await letClaimsGo(session, options.signal)
  options.onStage?.('database')
  await endStalePods(session, baseline, options)
  await restoreObjects(session, baseline)
  await deploy(session, options)
  await forgetOldSets(session)
  await healthy(session, options.signal)
  if (!isDataLost && (await restoreTasks(session, baseline))) return { ...baseline, capturedAt: now.toISOString() }
  if (!isDataLost) {
    // Rows were lost inside the volume: only a fresh one has them back.
    await dropDatabase(session, baseline, options.signal)
    await restoreObjects(session, baseline)
    await deploy(session, options)
  }
  const recorded = await recordBaseline(session, now)
  // A claim that belongs to the scenario's set-up may be what its fault replaces: it holds nobody's data.
  const claims = Object.entries(recorded.claims).filter(([name]) => name in baseline.claims)
  return { ...recorded, claims: Object.fromEntries(claims) }
}

/** Resolves when the namespace compares equal to the baseline; rejects with what does not. */
export async function sameAsBaseline({ world }: SandboxSession, baseline: Baseline): Promise<void> {
  const differing = () => fieldChanges(baseline.objects, captureObjects(world))
  await world
    .until(() => (differing().length === 0 ? true : undefined), { timeoutMs: 5_000, what: 'the healthy objects' })
    .catch((error) => {
      const [first] = differing()
      if (first) throw new Error(`the reset left ${first.path} different from the baseline`, { cause: error })
      throw error
    })
}

/** Whether the volume of the baseline is gone or going. */
function isVolumeLost({ world }: SandboxSession, baseline: Baseline): boolean {
  return Object.entries(baseline.claims).some(([name, { uid }]) => {
    const live = world.find('PersistentVolumeClaim', name)
    return !live || live.metadata.uid !== uid || live.metadata.deletionTimestamp !== undefined
  })
}

async function namespaceGone({ world, sandbox }: SandboxSession, signal?: AbortSignal): Promise<void> {
  await world.until(() => (world.find('Namespace', sandbox.namespace) ? undefined : true), {
    timeoutMs: 60_000,
    what: `the end of namespace ${sandbox.namespace}`,
    signal,
  })
}

/** Deletes what the baseline does not have, pods without an owner included. */
async function removeExtras({ api, world, sandbox }: SandboxSession, baseline: Baseline): Promise<void> {
  const extras = Object.values(captureObjects(world)).filter(
    (object) => !(`${object.kind}/${object.metadata.name}` in baseline.objects),
  )
  const orphans = [...world.list('Pod'), ...world.list('ReplicaSet')].filter((object) => !findController(object))
  await Promise.all(
    [...extras, ...orphans].map((object) =>
      api.remove(
        { kind: object.kind as KindName, namespace: sandbox.namespace, name: object.metadata.name },
        { propagationPolicy: 'Background' },
      ),
    ),
  )
}

/** Ends the pods of Deployments that may have read settings other than the healthy ones. */
async function endStalePods(session: SandboxSession, baseline: Baseline, options: RestoreOptions): Promise<void> {
  const { world, sandbox } = session
  const changed = changedSettings(world, baseline, options.touched ?? [])
  const stale = world.list<Deployment>('Deployment').filter(({ spec }) => readsAny(spec.template.spec, changed))
  await Promise.all(
    stale.map(({ metadata: { name } }) =>
      drain(session, { kind: 'Deployment', namespace: sandbox.namespace, name }, options.signal),
    ),
  )
}

/** Makes every object what it was, settings before the pods that read them. */
async function restoreObjects(session: SandboxSession, baseline: Baseline): Promise<void> {
  const objects = Object.values(baseline.objects)
  const inOrder = [...objects.filter(isSettings), ...objects.filter((object) => !isSettings(object))]
  for (const healthyObject of inOrder) await restoreObject(session, healthyObject)
}

/** Makes one object what it was; where its fields cannot be changed, by deleting it first. */
async function restoreObject(session: SandboxSession, object: KubeObject): Promise<void> {
  const { api, sandbox, world } = session
  const namespace = object.metadata.namespace ?? sandbox.namespace
  const name = { kind: object.kind as KindName, namespace, name: object.metadata.name }
  const live = await api.find(name)
  if (!live) {
    await api.create(object)
    return
  }
  if (isSame(live, object)) return
  const spec = live.spec as { clusterIP?: string; clusterIPs?: string[]; volumeName?: string; finalizers?: string[] }
  const kept: Record<string, unknown> = {}
  // A Service that became ExternalName has no address to keep.
  if (object.kind === 'Service' && spec.clusterIP)
    Object.assign(kept, { clusterIP: spec.clusterIP, clusterIPs: spec.clusterIPs })
  if (object.kind === 'PersistentVolumeClaim') Object.assign(kept, { volumeName: spec.volumeName })
  if (object.kind === 'Namespace') Object.assign(kept, { finalizers: spec.finalizers })
  const wanted = { ...object, ...(object.spec !== undefined && { spec: { ...object.spec, ...kept } }) }
  if (object.kind === 'Deployment' && !isSameTemplate(live, object)) await drain(session, name)
  const path = `${objectPath(name.kind, { ...name, apiVersion: object.apiVersion })}?fieldManager=${fieldManager}`
  const { status, body } = await api.raw({ method: 'PUT', path, body: JSON.stringify(wanted) })
  if (status < 400) return
  const refusal = readStatus(status, body)
  if (status === 409) return restoreObject(session, object)
  if (status !== 422) throw refusal
  await api.remove(name, { propagationPolicy: 'Background' })
  const inWorld = namespace === sandbox.namespace ? name.name : nameInWorld(name)
  await world.until(() => (world.find(name.kind, inWorld)?.metadata.uid === live.metadata.uid ? undefined : true), {
    timeoutMs: 30_000,
    what: `the end of ${object.kind}/${object.metadata.name}`,
  })
  await api.create(object)
}

/** Whether the pods that the Deployment makes are the same. */
function isSameTemplate(one: KubeObject, other: KubeObject): boolean {
  const template = (object: KubeObject) => JSON.stringify((normalise(object) as Deployment).spec.template)
  return template(one) === template(other)
}

/** Ends all pods of a Deployment, so that the healthy ones start together and not one after the other. */
async function drain({ api, world }: SandboxSession, name: ObjectName, signal?: AbortSignal): Promise<void> {
  await api.mergePatch(name, { spec: { replicas: 0 } })
  await podsGone({ api, world, signal }, name)
}

/** Ends the database and its volume; the next deployment initialises a new one. */
async function dropDatabase(session: SandboxSession, baseline: Baseline, signal?: AbortSignal): Promise<void> {
  const { api, world, sandbox } = session
  const kind = 'PersistentVolumeClaim'
  const claims = Object.keys(baseline.claims)
  const database = { kind: 'Deployment', namespace: sandbox.namespace, name: 'postgres' } as const
  await drain(session, database, signal).catch((error) => {
    if (!(error instanceof KubernetesError) || error.status !== 404) throw error
  })
  for (const name of claims) await api.remove({ kind, namespace: sandbox.namespace, name })
  await world.until(() => (claims.some((name) => world.find(kind, name)) ? undefined : true), {
    timeoutMs: 60_000,
    what: 'the end of the old volume',
    signal,
  })
}

/** Ends the pods that hold up the end of a deleted claim, so that it can be made anew. */
async function letClaimsGo(session: SandboxSession, signal?: AbortSignal): Promise<void> {
  const { world, sandbox } = session
  const kind = 'PersistentVolumeClaim'
  const going = world.list(kind).filter(({ metadata }) => metadata.deletionTimestamp)
  for (const { metadata } of going) {
    const users = world.list<Deployment>('Deployment').filter(({ spec }) => mounts(spec.template.spec, metadata.name))
    for (const user of users) {
      await drain(session, { kind: 'Deployment', namespace: sandbox.namespace, name: user.metadata.name }, signal)
    }
    await world.until(() => (world.find(kind, metadata.name)?.metadata.uid === metadata.uid ? undefined : true), {
      timeoutMs: 60_000,
      what: `the end of ${kind}/${metadata.name}`,
      signal,
    })
  }
}

function mounts({ volumes = [] }: PodSpec, claim: string): boolean {
  return volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim)
}

/** Leaves each Deployment with one revision, as after a fresh deployment. */
async function forgetOldSets({ api, world, sandbox }: SandboxSession): Promise<void> {
  const isEmpty = (set: ReplicaSet) => (set.spec.replicas ?? 0) === 0 && (set.status?.replicas ?? 0) === 0
  const old = world.list<ReplicaSet>('ReplicaSet').filter((set) => findController(set) && isEmpty(set))
  await Promise.all(
    old.map((set) => api.remove({ kind: 'ReplicaSet', namespace: sandbox.namespace, name: set.metadata.name })),
  )
}

/** Removes tasks of later times and checks that the older ones are as they were; false when they are not. */
async function restoreTasks({ users }: SandboxSession, baseline: Baseline): Promise<boolean> {
  const { canary, tasks } = baseline
  const listed = await users.request({ path: '/api/tasks' })
  const live = tasksOf(listed)
  const known = new Map(tasks.map((task) => [task.id, task]))
  for (const task of live) {
    const before = known.get(task.id)
    const own = `/api/tasks/${task.id}`
    if (!before) await users.request({ method: 'DELETE', path: own })
    else if (before.title !== task.title || before.status !== task.status || before.description !== task.description) {
      const { title, description, status } = before
      await users.request({ method: 'PUT', path: own, body: { title, description, status } })
    }
  }
  const isWhole = tasks.every((task) => live.some((candidate) => candidate.id === task.id))
  return isWhole && (canary === null || live.some((task) => task.id === canary.id))
}
