// A Client over plain maps, for the kubelet's own tests: no admission, no defaults, events kept as they were reported.
import { ApiError } from '../../apiserver/errors.ts'
import type { Client, EventReport, ObjectKey, WatchEvent } from '../../client.ts'
import type { KubeObject } from '../../objects/types.ts'

/** One event as a component reported it, at `atMs`. */
export interface ReportedEvent extends EventReport {
  object: string
  atMs: number
}

/** The fake and what tests look at. */
export interface FakeClient {
  client: Client
  events: ReportedEvent[]
  /** Stores an object, as if somebody had applied it. */
  put(object: { apiVersion: string; kind: string; metadata: object }): KubeObject
  /** Removes an object at once. */
  drop(kind: string, key: ObjectKey): void
  /** Starts a graceful deletion, as `kubectl delete pod` does. */
  startDeletion(key: ObjectKey, graceSeconds: number): void
}

/** Makes an empty one. */
export function makeFakeClient(now: () => number): FakeClient {
  const objects = new Map<string, KubeObject>()
  const events: ReportedEvent[] = []
  const listeners = new Set<{ kind: string; listener: (event: WatchEvent) => void }>()
  let serial = 0

  const id = (kind: string, key: ObjectKey) => `${kind}/${key.namespace ?? ''}/${key.name}`
  const idOf = (object: { kind: string; metadata: { namespace?: string; name?: string } }) =>
    id(object.kind, { namespace: object.metadata.namespace, name: object.metadata.name ?? '' })
  const tell = (type: WatchEvent['type'], object: KubeObject) => {
    for (const { kind, listener } of listeners) if (kind === object.kind) listener({ type, object })
  }
  const put: FakeClient['put'] = (given) => {
    const object = structuredClone(given) as KubeObject
    object.metadata.uid ??= `uid-${++serial}`
    object.metadata.generation ??= 1
    const existed = objects.has(idOf(object))
    objects.set(idOf(object), object)
    tell(existed ? 'MODIFIED' : 'ADDED', object)
    return object
  }
  const find = (kind: string, key: ObjectKey) => objects.get(id(kind, key))
  const get = (kind: string, key: ObjectKey) => {
    const object = find(kind, key)
    if (!object) throw new ApiError(404, 'NotFound', `${kind.toLowerCase()}s "${key.name}" not found`)
    return object
  }
  const drop: FakeClient['drop'] = (kind, key) => {
    const object = get(kind, key)
    objects.delete(id(kind, key))
    tell('DELETED', object)
  }

  const client = {
    get,
    find,
    list: (kind: string, query?: { namespace?: string }) =>
      [...objects.values()].filter(
        (object) =>
          object.kind === kind && (query?.namespace === undefined || object.metadata.namespace === query.namespace),
      ),
    listOwned: () => [],
    create: async (object: KubeObject) => put(object),
    update: async (object: KubeObject) => put(object),
    writeStatus: async (object: KubeObject, status: unknown) => {
      const live = get(object.kind, { namespace: object.metadata.namespace, name: object.metadata.name ?? '' })
      return put({ ...live, status } as KubeObject)
    },
    patch: async (kind: string, key: ObjectKey, patch: object) => {
      const live = get(kind, key)
      return put({ ...live, spec: { ...(live.spec as object), ...(patch as { spec?: object }).spec } } as KubeObject)
    },
    remove: async (kind: string, key: ObjectKey) => drop(kind, key),
    watch: (kind: string, listener: (event: WatchEvent) => void) => {
      const entry = { kind, listener }
      listeners.add(entry)
      for (const object of [...objects.values()]) if (object.kind === kind) listener({ type: 'ADDED', object })
      return () => listeners.delete(entry)
    },
    report: (object: KubeObject, report: EventReport) =>
      events.push({ ...report, object: object.metadata.name ?? '', atMs: now() }),
    as: () => client,
  } as unknown as Client

  return {
    client,
    events,
    put,
    drop,
    startDeletion(key, graceSeconds) {
      const pod = get('Pod', key)
      const metadata = {
        ...pod.metadata,
        deletionTimestamp: new Date(now() + graceSeconds * 1000).toISOString(),
        deletionGracePeriodSeconds: graceSeconds,
      }
      put({ ...pod, metadata })
    },
  }
}
