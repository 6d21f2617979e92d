// The cluster's only memory: frozen JSON objects by kind and key, one increasing revision, and watchers. It knows no kinds.
import type { Clock } from '../clock.ts'
import type { KubeObject } from '../objects/types.ts'
import {
  applyChange,
  type Bucket,
  lowerBound,
  makeBucket,
  objectsAt,
  setObject,
  historyLimit as usualHistory,
} from './bucket.ts'
import type { Change } from './change.ts'
import { deepFreeze, jsonEqual } from './frozen-json.ts'
import { type Journal, type JournalRecord, makeMemoryJournal, openJournal } from './journal.ts'
import { makeWatcher, type Watcher } from './watcher.ts'

/** A compare-and-set that found another revision, a taken key or no object. */
export class StoreError extends Error {
  readonly reason: 'exists' | 'missing' | 'changed' | 'expired'
  constructor(reason: StoreError['reason']) {
    super(`store: ${reason}`)
    this.reason = reason
  }
}

/** Keeps objects. All calls are synchronous: what they return has happened, and is kept across a crash. */
export interface Store {
  /** The revision of the last write. */
  revision(): number
  find(bucket: string, key: string): KubeObject | undefined
  /** The objects whose key starts with `prefix`, in key order. */
  list(bucket: string, prefix?: string): KubeObject[]
  /** All objects of a bucket as they were at `revision`; throws `expired` when history does not reach back that far. */
  listAt(bucket: string, revision: number): [string, KubeObject][]
  count(bucket: string): number
  create(bucket: string, key: string, object: KubeObject): KubeObject
  /** Replaces an object whose resourceVersion is still `expected`. Returns the stored one when nothing differs. */
  update(bucket: string, key: string, object: KubeObject, expected: string): KubeObject
  /** Removes an object; returns its last state at the revision of the removal. */
  remove(bucket: string, key: string, expected: string): KubeObject
  /** Changes of a bucket after `since`; throws `expired` when they are not all kept. */
  watch(bucket: string, options: { since: number; limit: number; wake: () => void }): Watcher
  /** How many watches of a bucket are open, for metrics and tests. */
  watcherCount(bucket: string): number
  stop(): void
}

/** Exchanges parts of an object for equal ones that are kept already. */
export type Share = (object: KubeObject) => KubeObject

/** How a store is kept. */
export interface StoreOptions {
  /** Where the journal is; without it the store is in memory. */
  dir?: string
  /** Wall time, for forcing writes to the disk. */
  clock?: Clock
  /** Objects pass through it before they are kept. */
  share?: Share
  /** Changes of each bucket that watches can resume over, at least. */
  historyLimit?: number
}

/** Opens a store with everything that was acknowledged before. */
export function openStore({
  dir,
  clock,
  share = (object) => object,
  historyLimit = usualHistory,
}: StoreOptions = {}): Store {
  const buckets = new Map<string, Bucket>()
  // A new cluster starts at 1: revision 0 means "any" to clients.
  let revision = 1
  const journal: Journal = dir === undefined ? makeMemoryJournal() : openJournal({ dir, snapshot, clock })

  function* snapshot(): Iterable<JournalRecord> {
    for (const [b, bucket] of buckets) {
      for (const k of bucket.keys) {
        const o = bucket.objects.get(k)
        if (o !== undefined) yield { r: Number(o.metadata.resourceVersion), b, k, o }
      }
    }
  }

  function bucketOf(name: string): Bucket {
    let bucket = buckets.get(name)
    if (bucket === undefined) {
      bucket = makeBucket(revisionAtStart, historyLimit)
      buckets.set(name, bucket)
    }
    return bucket
  }

  let revisionAtStart = 1
  journal.load((record) => {
    if (record.b !== '') setObject(bucketOf(record.b), record.k, record.o && deepFreeze(share(record.o)))
    revision = Math.max(revision, record.r)
  })
  revisionAtStart = revision
  for (const bucket of buckets.values()) bucket.trimmedRevision = revision

  function commit(name: string, change: Omit<Change, 'revision'>): KubeObject {
    const next = revision + 1
    const object = atRevision(share(change.object), next)
    journal.append({ r: next, b: name, k: change.key, ...(change.type === 'DELETED' ? {} : { o: object }) })
    revision = next
    deepFreeze(object)
    applyChange(bucketOf(name), { ...change, revision, object })
    return object
  }

  function current(name: string, key: string, expected: string): KubeObject {
    const stored = bucketOf(name).objects.get(key)
    if (stored === undefined) throw new StoreError('missing')
    if (stored.metadata.resourceVersion !== expected) throw new StoreError('changed')
    return stored
  }

  return {
    revision: () => revision,
    find: (name, key) => bucketOf(name).objects.get(key),
    count: (name) => bucketOf(name).keys.length,
    watcherCount: (name) => bucketOf(name).watchers.size,

    list(name, prefix = '') {
      const bucket = bucketOf(name)
      const found: KubeObject[] = []
      for (let index = lowerBound(bucket.keys, prefix); index < bucket.keys.length; index += 1) {
        const key = bucket.keys[index]
        if (!key?.startsWith(prefix)) break
        const object = bucket.objects.get(key)
        if (object !== undefined) found.push(object)
      }
      return found
    },

    listAt(name, at) {
      const objects = objectsAt(bucketOf(name), at)
      if (objects === undefined) throw new StoreError('expired')
      return objects
    },

    create(name, key, object) {
      if (bucketOf(name).objects.has(key)) throw new StoreError('exists')
      return commit(name, { type: 'ADDED', key, object })
    },

    update(name, key, object, expected) {
      const previous = current(name, key, expected)
      if (jsonEqual(atRevision(object, Number(expected)), previous)) return previous
      return commit(name, { type: 'MODIFIED', key, object, previous })
    },

    remove(name, key, expected) {
      const previous = current(name, key, expected)
      return commit(name, { type: 'DELETED', key, object: previous, previous })
    },

    watch(name, { since, limit, wake }) {
      const bucket = bucketOf(name)
      if (since < bucket.trimmedRevision) throw new StoreError('expired')
      const missed = bucket.history.slice(firstAfter(bucket.history, since))
      // The caller does not hold the watcher yet, so replayed changes wake nobody: it takes before it waits.
      let isHanded = false
      const watcher = makeWatcher({
        limit: limit + missed.length,
        wake: () => isHanded && wake(),
        onStop: () => bucket.watchers.delete(watcher),
      })
      for (const change of missed) watcher.offer(change)
      bucket.watchers.add(watcher)
      isHanded = true
      return watcher
    },

    stop() {
      for (const bucket of buckets.values()) for (const watcher of bucket.watchers) watcher.stop()
      journal.stop()
    },
  }
}

// Upstream's order, so that what is printed raw reads the same.
const metadataOrder = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const

/** The object as it is stored at a revision: a new one, with its metadata in order. */
function atRevision(object: KubeObject, revision: number): KubeObject {
  const given: KubeObject['metadata'] = { ...object.metadata, resourceVersion: String(revision) }
  const metadata: Record<string, unknown> = {}
  for (const field of metadataOrder) if (given[field] !== undefined) metadata[field] = given[field]
  return { ...object, metadata: Object.assign(metadata, given) as KubeObject['metadata'] }
}

function firstAfter(history: Change[], revision: number): number {
  let low = 0
  let high = history.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((history[middle]?.revision ?? 0) <= revision) low = middle + 1
    else high = middle
  }
  return low
}
