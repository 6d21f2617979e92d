import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import type { Change } from '../../store/change.ts'
import { StoreError } from '../../store/store.ts'
import { expired } from '../errors.ts'
import type { RegistryCore } from '../registry-core.ts'
import { storageVersionOf } from '../storage-version.ts'
import { checkResourceVersion, type ListRequest, type Match, selectorMatch } from './list.ts'

/** One event for a client: a change as it looks through the watch's selectors. */
export interface WatchedEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: KubeObject
  /** The change behind it, so that watchers of the same change can share work. */
  change?: Change
}

/** A running watch. The reader takes events at its own pace and is cut when it falls too far behind. */
export interface ObjectWatch {
  take(): WatchedEvent | undefined
  /** The revision up to which everything has been taken; valid when `take` returned undefined. */
  revision(): number
  readonly isCut: boolean
  stop(): void
}

// Enough for the largest burst of a small cluster; a reader further behind is faster off with a new list.
const bufferedChanges = 1000

/** Starts a watch after `resourceVersion`; without one, or at "0", with what exists now as ADDED events. */
export function watchObjects(
  core: RegistryCore,
  kind: KindDefinition,
  request: ListRequest & { initial: boolean; limit?: number },
  wake: () => void,
): ObjectWatch {
  const storage = storageVersionOf(kind)
  const prefix = kind.namespaced && request.namespace ? `${request.namespace}/` : ''
  const match = selectorMatch(kind, request)
  const since = request.resourceVersion ? checkResourceVersion(core, request.resourceVersion) : 0
  const initial: KubeObject[] = request.initial
    ? core.store.list(storage.bucket, prefix).map(storage.fromStored).filter(match)
    : []
  const start = request.initial ? core.store.revision() : since
  let index = 0
  let isStopped = false
  const watcher = openWatcher()

  function openWatcher() {
    try {
      return core.store.watch(storage.bucket, { since: start, limit: request.limit ?? bufferedChanges, wake })
    } catch (error) {
      if (error instanceof StoreError) {
        throw expired(`too old resource version: ${since} (${core.store.revision()})`)
      }
      throw error
    }
  }

  return {
    get isCut() {
      return watcher.isCut
    },
    revision: () => core.store.revision(),
    take() {
      if (isStopped) return undefined
      const present = initial[index]
      if (present !== undefined) {
        index += 1
        if (index === initial.length) initial.length = index = 0
        return { type: 'ADDED', object: present }
      }
      for (let change = watcher.take(); change !== undefined; change = watcher.take()) {
        if (!change.key.startsWith(prefix)) continue
        const event = throughSelectors(change, storage.fromStored, match)
        if (event) return event
      }
      return undefined
    },
    stop() {
      isStopped = true
      watcher.stop()
    },
  }
}

/** What a change means to somebody who sees only matching objects: leaving the selection is a deletion. */
function throughSelectors(
  change: Change,
  fromStored: (object: KubeObject) => KubeObject,
  match: Match,
): WatchedEvent | undefined {
  const object = fromStored(change.object)
  const isNow = change.type !== 'DELETED' && match(object)
  const was = change.previous !== undefined && match(fromStored(change.previous))
  if (isNow && was) return { type: 'MODIFIED', object, change }
  if (isNow) return { type: 'ADDED', object, change }
  if (!was || change.previous === undefined) return undefined
  if (change.type === 'DELETED') return { type: 'DELETED', object, change }
  // The last state that matched, but at the revision of the change that took it away.
  const previous = fromStored(change.previous)
  const metadata = { ...previous.metadata, resourceVersion: object.metadata.resourceVersion }
  return { type: 'DELETED', object: { ...previous, metadata } }
}
