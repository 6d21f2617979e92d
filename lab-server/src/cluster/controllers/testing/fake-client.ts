// An in-memory Client for tests: the API's semantics that controllers depend on, and nothing else.
import { isDeepStrictEqual } from 'node:util'
import { ApiError, alreadyExists, conflict, notFound } from '../../apiserver/errors.ts'
import type { Client, EventReport, ObjectKey, ObjectOf, RemoveOptions, WatchEvent } from '../../client.ts'
import { type Clock, formatTime } from '../../clock.ts'
import { generateName } from '../../objects/names.ts'
import { matchesRequirements, parseLabelSelector } from '../../objects/selectors.ts'
import type { KubeObject } from '../../objects/types.ts'

/** An Event as a test sees it. */
export interface RecordedEvent extends EventReport {
  /** `Deployment/backend`. */
  about: string
}

/** A Client over a map, with what tests need to arrange and to look at. */
export interface FakeClient extends Client {
  readonly events: RecordedEvent[]
  /** Makes creations fail: throw from it to refuse. */
  refuse: (object: KubeObject) => void
  /** Changes an object as a user would: by a function on a copy. */
  change<K extends string>(kind: K, key: ObjectKey, edit: (object: ObjectOf<K>) => void): void
  /** Stores an object as it is given, status included. */
  put<T extends { apiVersion: string; kind: string; metadata: object }>(object: T): T
}

type Listener = (event: WatchEvent) => void

/** Makes an empty cluster's client. */
export function makeFakeClient(clock: Clock): FakeClient {
  const objects = new Map<string, KubeObject>()
  const listeners = new Map<string, Set<Listener>>()
  const events: RecordedEvent[] = []
  let revision = 0
  let uids = 0

  const resource = (kind: string) => ({ group: '', plural: `${kind.toLowerCase()}s` })
  const idOf = (kind: string, key: ObjectKey) => `${kind.split('.')[0]}|${key.namespace ?? ''}|${key.name}`
  const find = (kind: string, { namespace, name }: ObjectKey) =>
    objects.get(idOf(kind, { namespace, name })) ?? objects.get(idOf(kind, { name }))
  const get = (kind: string, key: ObjectKey) => {
    const object = find(kind, key)
    if (!object) throw notFound(resource(kind), key.name)
    return object
  }

  const emit = (type: WatchEvent['type'], object: KubeObject) => {
    for (const listener of [...(listeners.get(object.kind) ?? [])]) listener({ type, object })
  }

  const store = (object: KubeObject, old?: KubeObject): KubeObject => {
    const id = idOf(object.kind, object.metadata as ObjectKey)
    if (old && isDeepStrictEqual(old, object)) return old
    const next = structuredClone(object)
    if (old && !isDeepStrictEqual(old.spec, next.spec)) {
      next.metadata.generation = (old.metadata.generation ?? 1) + 1
    }
    next.metadata.resourceVersion = String(++revision)
    freeze(next)
    if (next.metadata.deletionTimestamp && !next.metadata.finalizers?.length && isGone(next)) {
      objects.delete(id)
      emit('DELETED', next)
      return next
    }
    objects.set(id, next)
    emit(old ? 'MODIFIED' : 'ADDED', next)
    return next
  }

  const put = (given: KubeObject): KubeObject => {
    const object = structuredClone(given)
    object.metadata.name ??= generateName(object.metadata.generateName ?? '')
    object.metadata.uid ??= `uid-${++uids}`
    object.metadata.creationTimestamp ??= formatTime(clock.now())
    object.metadata.generation ??= 1
    return store(JSON.parse(JSON.stringify(object)))
  }

  const create = async (given: KubeObject): Promise<KubeObject> => {
    const named = structuredClone(given)
    named.metadata.name ??= generateName(named.metadata.generateName ?? '')
    fake.refuse(named)
    if (objects.has(idOf(named.kind, named.metadata as ObjectKey))) {
      throw alreadyExists(resource(named.kind), named.metadata.name)
    }
    return put(named)
  }

  const bind = (pod: KubeObject, nodeName: string): KubeObject => {
    const status = { ...(pod.status as object), conditions: [{ type: 'PodScheduled', status: 'True' }] }
    return store({ ...structuredClone(pod), spec: { ...(pod.spec as object), nodeName }, status }, pod)
  }

  const remove = async (kind: string, key: ObjectKey, options: RemoveOptions = {}): Promise<void> => {
    const old = get(kind, key)
    if (options.preconditions?.uid && options.preconditions.uid !== old.metadata.uid) {
      throw conflict(resource(kind), key.name, 'the UID in the precondition does not match')
    }
    const object = structuredClone(old)
    const finalizers = new Set(object.metadata.finalizers)
    if (options.propagationPolicy === 'Foreground') finalizers.add('foregroundDeletion')
    if (options.propagationPolicy === 'Orphan') finalizers.add('orphan')
    if (finalizers.size > 0) object.metadata.finalizers = [...finalizers]
    const grace = graceOf(object, options)
    object.metadata.deletionTimestamp ??= formatTime(clock.now() + grace * 1000)
    object.metadata.deletionGracePeriodSeconds = grace
    if (kind === 'Namespace') object.status = { ...(object.status as object), phase: 'Terminating' }
    store(object, old)
  }

  const patch = (kind: string, key: ObjectKey, change: object): KubeObject => {
    const old = get(kind, key)
    const { uid } = (change as { metadata?: { uid?: string } }).metadata ?? {}
    if (uid && uid !== old.metadata.uid) throw conflict(resource(kind), key.name)
    return store(merge(old, change) as KubeObject, old)
  }

  const fake = {
    events,
    refuse: (_: KubeObject) => {},
    put: put as FakeClient['put'],
    change(kind: string, key: ObjectKey, edit: (object: never) => void) {
      const old = get(kind, key)
      const copy = structuredClone(old)
      edit(copy as never)
      store(copy, old)
    },
    get: get as Client['get'],
    find: find as Client['find'],
    list(kind: string, query: Parameters<Client['list']>[1] = {}) {
      const requirements = query.labelSelector ? parseLabelSelector(query.labelSelector) : []
      return [...objects.values()].filter(
        (object) =>
          object.kind === kind.split('.')[0] &&
          (!query.namespace || object.metadata.namespace === query.namespace) &&
          matchesRequirements(requirements, object.metadata.labels),
      )
    },
    listOwned(kind: string, owner: KubeObject) {
      return [...objects.values()].filter(
        (object) =>
          object.kind === kind &&
          object.metadata.namespace === owner.metadata.namespace &&
          object.metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === owner.metadata.uid),
      )
    },
    create: create as unknown as Client['create'],
    async update(object: KubeObject) {
      const old = get(object.kind, object.metadata as ObjectKey)
      const { resourceVersion } = object.metadata
      if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) {
        throw conflict(resource(object.kind), object.metadata.name ?? '')
      }
      return store({ ...structuredClone(object), status: old.status }, old)
    },
    async writeStatus(object: KubeObject, status: unknown) {
      const old = get(object.kind, object.metadata as ObjectKey)
      return store({ ...structuredClone(old), status: JSON.parse(JSON.stringify(status)) }, old)
    },
    async patch(kind: string, key: ObjectKey, change: object, subresource?: string) {
      if (subresource === 'binding')
        return bind(get('Pod', key), (change as { spec: { nodeName: string } }).spec.nodeName)
      return patch(kind, key, change)
    },
    remove,
    watch(kind: string, listener: Listener) {
      const plain = kind.split('.')[0] ?? kind
      const set = listeners.get(plain) ?? new Set()
      listeners.set(plain, set.add(listener))
      for (const object of [...objects.values()]) if (object.kind === plain) listener({ type: 'ADDED', object })
      return () => set.delete(listener)
    },
    report(object: KubeObject, report: EventReport) {
      events.push({ ...report, about: `${object.kind}/${object.metadata.name}` })
    },
    as: () => fake as unknown as Client,
  }
  return fake as unknown as FakeClient
}

/** The refusal of a quota, for tests that need one. */
export function quotaExceeded(pod: string): ApiError {
  return new ApiError(
    403,
    'Forbidden',
    `pods "${pod}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2`,
  )
}

function isGone(object: KubeObject): boolean {
  if (object.kind === 'Namespace') return (object.spec as { finalizers?: string[] })?.finalizers?.length === 0
  return (object.metadata.deletionGracePeriodSeconds ?? 0) === 0
}

function graceOf(object: KubeObject, options: RemoveOptions): number {
  if (object.kind !== 'Pod') return 0
  const { nodeName, terminationGracePeriodSeconds = 30 } = (object.spec ?? {}) as {
    nodeName?: string
    terminationGracePeriodSeconds?: number
  }
  return nodeName ? (options.gracePeriodSeconds ?? terminationGracePeriodSeconds) : 0
}

function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return structuredClone(patch)
  const base = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {}
  const result: Record<string, unknown> = structuredClone(base) as Record<string, unknown>
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else if (value !== undefined) result[key] = merge(result[key], value)
  }
  return result
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const inner of Object.values(value)) freeze(inner)
  Object.freeze(value)
}
