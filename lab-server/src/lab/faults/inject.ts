// Breaks the healthy application: the scenario's faults, one after the other, each waited for.
import type { KindName } from '../kubernetes/kinds.ts'
import type { KubernetesApi, ObjectName } from '../kubernetes/kubernetes-api.ts'
import { isNotFound, KubernetesError } from '../kubernetes/kubernetes-error.ts'
import { type Deployment, findController, type KubeObject, type Pod, type ReplicaSet } from '../kubernetes/objects.ts'
import { parseReference } from '../kubernetes/reference.ts'
import type { Fault } from '../scenarios/scenario.ts'
import { targetOf } from '../scenarios/target-of.ts'
import { normalise } from '../world/normalise.ts'
import type { World } from '../world/world.ts'
import { patched } from './apply-patch.ts'
import { compilePatch } from './compile-patch.ts'

/** Where the faults go. */
export interface InjectTarget {
  api: KubernetesApi
  world: World
  signal?: AbortSignal
}

/** A node that is short of processors takes more than a minute to end a few containers. */
const drainTimeoutMs = 120_000
const rolloutTimeoutMs = 120_000

/** Applies the faults in order; rejects with the fault that did not fit. */
export async function injectFaults(target: InjectTarget, faults: readonly Fault[]): Promise<void> {
  for (const [index, fault] of faults.entries()) {
    try {
      await inject(target, fault)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`fault ${index + 1} (${describeFault(fault)}) could not be injected: ${reason}`, { cause: error })
    }
  }
}

/** `patch Deployment/backend`. */
export function describeFault(fault: Fault): string {
  if ('create' in fault) return `create ${fault.create.kind}/${fault.create.metadata.name}`
  const { operation, reference } = targetOf(fault)
  return `${operation} ${reference}${'scale' in fault ? ` to ${fault.replicas}` : ''}`
}

async function inject(target: InjectTarget, fault: Fault): Promise<void> {
  const { api, world } = target
  if ('patch' in fault) {
    const name = named(world, fault.patch)
    await drained(target, drainOf(fault), async () => {
      const live = await api.get(name)
      await api.patch(name, compilePatch(fault.ops, live))
    })
    if (fault.patch.startsWith('Deployment/') && fault.history !== 'keep') await forgetHistory(target, name.name)
    return
  }
  if ('create' in fault) {
    await api.create({ ...fault.create, metadata: { ...fault.create.metadata, namespace: world.namespace } })
    return
  }
  if ('delete' in fault) {
    await drained(target, fault.drain ?? [], () => removed(target, named(world, fault.delete)))
    return
  }
  if ('replace' in fault) {
    const name = named(world, fault.replace)
    await drained(target, fault.drain ?? [], async () => {
      const changed = patched(normalise(await api.get(name)), fault.ops)
      await removed(target, name)
      await api.create(changed)
    })
    return
  }
  if ('scale' in fault) {
    await api.mergePatch(named(world, fault.scale), { spec: { replicas: fault.replicas } })
    return
  }
  const name = named(world, fault.restart)
  await restart(target, name)
  if (fault.wait) await rolledOut(target, name)
  if (fault.history !== 'keep') await forgetHistory(target, name.name)
}

function drainOf(fault: { patch: string; drain?: boolean | string[] }): string[] {
  if (fault.drain === true) return [fault.patch]
  return fault.drain || []
}

/** Runs `change` while the workloads are scaled to zero, and scales them back. */
async function drained(target: InjectTarget, workloads: string[], change: () => Promise<unknown>): Promise<void> {
  const { api, world } = target
  const replicas = new Map<string, number>()
  for (const workload of workloads) {
    const name = named(world, workload)
    const live = await api.get<Deployment>(name)
    replicas.set(workload, live.spec.replicas ?? 1)
    await api.mergePatch(name, { spec: { replicas: 0 } })
  }
  for (const workload of workloads) await podsGone(target, named(world, workload))
  await change()
  for (const [workload, count] of replicas) {
    await api.mergePatch(named(world, workload), { spec: { replicas: count } })
  }
}

/** Resolves when no pod of the workload is left. */
export async function podsGone(target: InjectTarget, name: ObjectName): Promise<void> {
  const { world, signal } = target
  await world.until(() => (podsOf(world, name.kind, name.name).length === 0 ? true : undefined), {
    timeoutMs: drainTimeoutMs,
    what: `the end of all pods of ${name.kind}/${name.name}`,
    signal,
  })
}

/** Pods that a workload controls, directly or through its ReplicaSets. */
export function podsOf(world: World, kind: KindName, name: string): Pod[] {
  const owners = new Set<string>([`${kind}/${name}`])
  for (const set of world.list<ReplicaSet>('ReplicaSet')) {
    const owner = findController(set)
    if (owner?.kind === kind && owner.name === name) owners.add(`ReplicaSet/${set.metadata.name}`)
  }
  return world.list<Pod>('Pod').filter((pod) => {
    const owner = findController(pod)
    return owner !== undefined && owners.has(`${owner.kind}/${owner.name}`)
  })
}

async function restart({ api }: InjectTarget, name: ObjectName): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() }
  await api.mergePatch(name, { spec: { template: { metadata: { annotations } } } })
}

/** Resolves when the Deployment has finished rolling out. */
export async function rolledOut({ world, signal }: InjectTarget, name: ObjectName): Promise<void> {
  const isDone = () => {
    const live = world.find<Deployment>(name.kind, name.name)
    const status = live?.status
    const wanted = live?.spec.replicas ?? 1
    const seen = (status?.observedGeneration ?? 0) >= (live?.metadata.generation ?? 0)
    return live &&
      seen &&
      status?.updatedReplicas === wanted &&
      status.availableReplicas === wanted &&
      status.replicas === wanted
      ? true
      : undefined
  }
  await world.until(isDone, { timeoutMs: rolloutTimeoutMs, what: `the rollout of ${name.kind}/${name.name}`, signal })
}

/** Removes the old, empty ReplicaSets, so that `kubectl rollout undo` has nothing to go back to. */
async function forgetHistory(target: InjectTarget, deployment: string): Promise<void> {
  const { api, world, signal } = target
  const live = await api.get<Deployment>({ kind: 'Deployment', namespace: world.namespace, name: deployment })
  const sets = () =>
    world.list<ReplicaSet>('ReplicaSet').filter((set) => findController(set)?.uid === live.metadata.uid)
  // The newest appears when the controller has seen the change; a patch outside the template makes none.
  await world.until(
    () => {
      const seen = world.find<Deployment>('Deployment', deployment)
      const generation = live.metadata.generation ?? 0
      return (seen?.status?.observedGeneration ?? 0) >= generation && activeSet(sets(), seen) ? true : undefined
    },
    { timeoutMs: rolloutTimeoutMs, what: `a ReplicaSet for the changed Deployment/${deployment}`, signal },
  )
  const active = activeSet(sets(), world.find<Deployment>('Deployment', deployment))
  for (const set of sets()) {
    if (set.metadata.uid === active?.metadata.uid) continue
    await world.until(
      () => {
        const old = world.find<ReplicaSet>('ReplicaSet', set.metadata.name)
        return !old || ((old.spec.replicas ?? 0) === 0 && (old.status?.replicas ?? 0) === 0) ? true : undefined
      },
      { timeoutMs: rolloutTimeoutMs, what: `the end of the old ReplicaSet/${set.metadata.name}`, signal },
    )
    await api.remove({ kind: 'ReplicaSet', namespace: world.namespace, name: set.metadata.name })
  }
}

const revisionAnnotation = 'deployment.kubernetes.io/revision'

/** The ReplicaSet of the Deployment's present template: the one with its revision. */
export function activeSet(sets: ReplicaSet[], deployment: Deployment | undefined): ReplicaSet | undefined {
  const revision = deployment?.metadata.annotations?.[revisionAnnotation]
  if (revision === undefined) return undefined
  return sets.find((set) => set.metadata.annotations?.[revisionAnnotation] === revision)
}

async function removed({ api, world, signal }: InjectTarget, name: ObjectName): Promise<void> {
  await api.remove(name, { propagationPolicy: 'Background' })
  const deadline = Date.now() + drainTimeoutMs
  // Asked of the API itself: a create must not meet the old object, and watches may be a moment behind.
  for (;;) {
    try {
      await api.get<KubeObject>(name)
    } catch (error) {
      if (isNotFound(error)) return
      throw error
    }
    if (Date.now() > deadline)
      throw new KubernetesError(0, 'Timeout', `${name.kind}/${name.name} is still being deleted`)
    await world
      .until(() => (world.find(name.kind, name.name) ? undefined : true), {
        timeoutMs: 1_000,
        what: 'deletion',
        signal,
      })
      .catch(() => undefined)
  }
}

/** A reference as an address: in the world's namespace unless it names another. */
export function named(world: { namespace: string }, reference: string): ObjectName {
  const { kind, namespace = world.namespace, name } = parseReference(reference)
  return { kind, namespace, name: kind === 'Namespace' ? world.namespace : name }
}
