// Deletes what nobody owns any more, and carries out foreground and orphan deletion. Works over all kinds.
import { isApiError } from '../../apiserver/errors.ts'
import type { Client } from '../../client.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject, OwnerReference } from '../../objects/types.ts'
import type { Controller, Running, Surroundings } from '../runtime.ts'
import { WorkQueue } from '../work-queue.ts'
import { type GraphNode, OwnerGraph } from './owner-graph.ts'
import { type OwnerState, planByOwners } from './owner-plan.ts'

const foreground = 'foregroundDeletion'
const orphan = 'orphan'
/** Kinds that are many, short-lived and never own or belong to anything. */
const ignored = new Set(['Event', 'Lease'])

/** Collects objects whose owners are gone. */
export const garbageCollector: Controller = { start: startGarbageCollector }

function startGarbageCollector(context: Surroundings): Running {
  const { clock, options } = context
  const client = context.client.as('kube-controller-manager')
  const graph = new OwnerGraph()
  const watching = new Map<string, () => void>()
  const collect = { client, graph, options }
  const queue = new WorkQueue({
    clock,
    workers: 4,
    run: async (uid) => {
      await collectOne(uid, collect)
      return undefined
    },
    onError: (error, uid) => {
      if (!isRace(error)) options.onError?.(error, `garbage collector, ${graph.find(uid)?.kind ?? uid}`)
    },
  })

  const observe = (kind: string, type: string, object: KubeObject) => {
    const { uid = '', ownerReferences = [], deletionTimestamp } = object.metadata
    if (type === 'DELETED') {
      for (const { uid: dependent } of graph.dependentsOf(uid)) queue.add(dependent)
      graph.remove(uid)
    } else {
      graph.set(kind, object)
      if (ownerReferences.length > 0 || deletionTimestamp) queue.add(uid)
    }
    // An owner that waits for its dependents looks again when one changes or goes.
    for (const owner of ownerReferences) queue.add(owner.uid)
  }

  const watchKinds = () => {
    for (const definition of options.kinds()) {
      const kind = nameOf(definition)
      if (watching.has(kind) || ignored.has(definition.kind) || !isWatchable(definition)) continue
      watching.set(kind, () => {})
      watching.set(
        kind,
        client.watch<string>(kind, ({ type, object }) => {
          observe(kind, type, object)
          if (definition.kind === 'CustomResourceDefinition') watchKinds()
        }),
      )
    }
  }
  watchKinds()

  return {
    stop() {
      for (const stop of watching.values()) stop()
      return queue.stop()
    },
  }
}

interface Collecting {
  client: Client
  graph: OwnerGraph
  options: Surroundings['options']
}

async function collectOne(uid: string, collecting: Collecting): Promise<void> {
  const node = collecting.graph.find(uid)
  const object = node && (collecting.client.find(node.kind, node.key) as KubeObject | undefined)
  if (!object || object.metadata.uid !== uid) return
  const { finalizers = [], deletionTimestamp } = object.metadata
  if (deletionTimestamp && finalizers.includes(orphan)) return releaseDependents(node, object, collecting)
  if (deletionTimestamp && finalizers.includes(foreground)) return awaitDependents(node, object, collecting)
  if (deletionTimestamp) return undefined
  return judge(node, object, collecting)
}

/** Removes the object if its owners want that. */
async function judge(node: GraphNode, object: KubeObject, collecting: Collecting): Promise<void> {
  const { client, graph } = collecting
  const owners = (object.metadata.ownerReferences ?? []).map((reference) => ({
    reference,
    state: ownerState(reference, object, collecting),
  }))
  const plan = planByOwners(owners, {
    hasDependents: graph.dependentsOf(node.uid).length > 0,
    finalizers: object.metadata.finalizers ?? [],
  })
  if (plan.action === 'keep') return
  if (plan.action === 'unlink') return setOwners(client, node, plan.remaining)
  const { propagationPolicy } = plan
  await ignoreRaces(() => client.remove(node.kind, node.key, { propagationPolicy, preconditions: { uid: node.uid } }))
}

/** `orphan`: the dependents live on without their owner. */
async function releaseDependents(node: GraphNode, object: KubeObject, { client, graph }: Collecting): Promise<void> {
  for (const dependent of graph.dependentsOf(node.uid)) {
    await setOwners(
      client,
      dependent,
      dependent.owners.filter(({ uid }) => uid !== node.uid),
    )
  }
  await dropFinalizer(client, node, object, orphan)
}

/** `foregroundDeletion`: the owner goes after the dependents that block it. */
async function awaitDependents(node: GraphNode, object: KubeObject, collecting: Collecting): Promise<void> {
  const blocking = collecting.graph
    .dependentsOf(node.uid)
    .filter(({ owners }) => owners.some(({ uid, blockOwnerDeletion }) => uid === node.uid && blockOwnerDeletion))
  if (blocking.length === 0) return dropFinalizer(collecting.client, node, object, foreground)
  for (const dependent of blocking) {
    const found = collecting.client.find(dependent.kind, dependent.key) as KubeObject | undefined
    if (found && !found.metadata.deletionTimestamp) await judge(dependent, found, collecting)
  }
}

function ownerState(reference: OwnerReference, dependent: KubeObject, { client, options }: Collecting): OwnerState {
  const group = reference.apiVersion.includes('/') ? (reference.apiVersion.split('/')[0] ?? '') : ''
  const definition = options.kinds().find((one) => one.kind === reference.kind && one.group === group)
  // Never delete because of a kind that is not served: it may come back.
  if (!definition) return 'solid'
  const { namespace } = dependent.metadata
  const key = definition.namespaced && namespace ? { namespace, name: reference.name } : { name: reference.name }
  const owner = client.find(nameOf(definition), key) as KubeObject | undefined
  if (!owner || owner.metadata.uid !== reference.uid) return 'absent'
  const { deletionTimestamp, finalizers = [] } = owner.metadata
  return deletionTimestamp && finalizers.includes(foreground) ? 'waiting' : 'solid'
}

async function setOwners(client: Client, node: GraphNode, owners: OwnerReference[]): Promise<void> {
  const ownerReferences = owners.length > 0 ? owners : null
  await ignoreRaces(() => client.patch(node.kind, node.key, { metadata: { uid: node.uid, ownerReferences } }))
}

async function dropFinalizer(client: Client, node: GraphNode, object: KubeObject, finalizer: string): Promise<void> {
  const left = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  const finalizers = left.length > 0 ? left : null
  await ignoreRaces(() => client.patch(node.kind, node.key, { metadata: { uid: node.uid, finalizers } }))
}

async function ignoreRaces(write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isRace(error)) throw error
  }
}

function isRace(error: unknown): boolean {
  return isApiError(error, 'NotFound') || isApiError(error, 'Conflict')
}

function nameOf({ kind, group }: KindDefinition): string {
  return group === '' ? kind : `${kind}.${group}`
}

function isWatchable({ verbs }: KindDefinition): boolean {
  return verbs === undefined || (verbs.includes('watch') && verbs.includes('delete'))
}
