// The objects of one kind, in key order, with the changes of the recent past.
import type { KubeObject } from '../objects/types.ts'
import type { Change } from './change.ts'
import type { WatcherFeed } from './watcher.ts'

/** Changes kept per kind for resuming watches and for lists continued at an older revision. */
export const historyLimit = 1000

/** The objects, sorted keys, history and watchers of one kind. */
export interface Bucket {
  objects: Map<string, KubeObject>
  /** Sorted: lists come out in the order of upstream's storage. */
  keys: string[]
  history: Change[]
  /** Changes that history keeps, at least. */
  limit: number
  /** The last revision that history no longer covers: resuming at or after it is possible. */
  trimmedRevision: number
  watchers: Set<WatcherFeed>
}

/** Makes an empty bucket whose history starts after `revision` and holds `limit` changes at least. */
export function makeBucket(revision: number, limit: number): Bucket {
  return { objects: new Map(), keys: [], history: [], limit, trimmedRevision: revision, watchers: new Set() }
}

/** Index of the first key that is not less than `key`. */
export function lowerBound(keys: string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Applies a change to objects, keys and history, and tells the watchers. */
export function applyChange(bucket: Bucket, change: Change): void {
  setObject(bucket, change.key, change.type === 'DELETED' ? undefined : change.object)
  bucket.history.push(change)
  if (bucket.history.length > bucket.limit * 1.25) {
    const dropped = bucket.history.splice(0, bucket.history.length - bucket.limit)
    bucket.trimmedRevision = dropped.at(-1)?.revision ?? bucket.trimmedRevision
  }
  for (const watcher of bucket.watchers) watcher.offer(change)
}

/** Puts or removes an object, keeping the keys sorted. */
export function setObject(bucket: Bucket, key: string, object: KubeObject | undefined): void {
  const isPresent = bucket.objects.has(key)
  if (object === undefined) {
    if (isPresent) bucket.keys.splice(lowerBound(bucket.keys, key), 1)
    bucket.objects.delete(key)
    return
  }
  if (!isPresent) bucket.keys.splice(lowerBound(bucket.keys, key), 0, key)
  bucket.objects.set(key, object)
}

/** The bucket's objects as they were at `revision`, by undoing what history has since; undefined when that is too long ago. */
export function objectsAt(bucket: Bucket, revision: number): [string, KubeObject][] | undefined {
  if (revision < bucket.trimmedRevision) return undefined
  const undone = new Map<string, KubeObject | undefined>()
  for (let index = bucket.history.length - 1; index >= 0; index -= 1) {
    const change = bucket.history[index]
    if (change === undefined || change.revision <= revision) break
    undone.set(change.key, change.previous)
  }
  if (undone.size === 0) return bucket.keys.map((key) => [key, bucket.objects.get(key) as KubeObject])
  const keys = new Set([...bucket.keys, ...undone.keys()])
  const at: [string, KubeObject][] = []
  for (const key of [...keys].sort(compareKeys)) {
    const object = undone.has(key) ? undone.get(key) : bucket.objects.get(key)
    if (object !== undefined) at.push([key, object])
  }
  return at
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
