// How controllers and the kubelet reach objects. In process, without HTTP, but through the same
// defaulting, admission and validation as a request. Reads come from the live store, so there are no
// informer caches to be stale: see docs/decisions/live-reads.md.
import type { KindName, KindTypes, KubeObject } from './objects/types.ts'

/** Which object: a namespace is absent for cluster-scoped kinds. */
export interface ObjectKey {
  namespace?: string
  name: string
}

/** What to list. Selectors are in kubectl's syntax: `app in (a,b),tier!=x`, `spec.nodeName=node-1`. */
export interface ListQuery {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
}

export type ObjectOf<K extends string> = K extends KindName ? KindTypes[K] : KubeObject

/** One change, in the order of the store. `object` is the new state, or the last one for `DELETED`. */
export interface WatchEvent<T = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: T
}

export interface RemoveOptions {
  gracePeriodSeconds?: number
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  preconditions?: { uid?: string; resourceVersion?: string }
}

/** An Event as a component reports it; the recorder counts repeats as upstream does. */
export interface EventReport {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  /** `source.component` and `reportingComponent`: `kubelet`, `deployment-controller`, … */
  component: string
  /** `source.host`, for the kubelet. */
  host?: string
  /** `involvedObject.fieldPath`, e.g. `spec.containers{backend}`. */
  fieldPath?: string
  /** Set by components that report through events.k8s.io, as the scheduler does: `eventTime` instead of the timestamps and the count. */
  action?: string
}

/**
 * Objects that come out are deep-frozen and shared: copy (`structuredClone`) before changing.
 * A kind is named by its `kind` (`Pod`), or `Kind.group` where that is not unique.
 * Writes throw `ApiError` (see apiserver/errors.ts) exactly as the HTTP API answers.
 */
export interface Client {
  /** The object, or an `ApiError` with reason `NotFound`. */
  get<K extends string>(kind: K, key: ObjectKey): ObjectOf<K>
  find<K extends string>(kind: K, key: ObjectKey): ObjectOf<K> | undefined
  list<K extends string>(kind: K, query?: ListQuery): ObjectOf<K>[]
  /** Objects of `kind` in the owner's namespace whose controlling owner reference is `owner` (by uid). */
  listOwned<K extends string>(kind: K, owner: KubeObject): ObjectOf<K>[]
  create<T extends { apiVersion: string; kind: string; metadata: object }>(object: T): Promise<T>
  /** Replaces the object; `metadata.resourceVersion` must match when it is set. */
  update<T extends { apiVersion: string; kind: string; metadata: object }>(object: T): Promise<T>
  /** Replaces `status` only, without a version check, and skips the write when nothing differs. */
  writeStatus<T extends { apiVersion: string; kind: string; metadata: object }>(object: T, status: unknown): Promise<T>
  /** JSON merge patch (RFC 7396) of the main resource or a subresource. */
  patch<K extends string>(kind: K, key: ObjectKey, mergePatch: object, subresource?: string): Promise<ObjectOf<K>>
  /** Deletes as the API does (grace for pods, finalizers, propagation). Not found is an `ApiError`. */
  remove(kind: string, key: ObjectKey, options?: RemoveOptions): Promise<void>
  /** Calls `listener` for every present object (as ADDED) and then every change; returns how to stop. */
  watch<K extends string>(kind: K, listener: (event: WatchEvent<ObjectOf<K>>) => void): () => void
  /** Records an Event about `object`. Never throws: an Event that cannot be written is dropped. */
  report(object: { apiVersion: string; kind: string; metadata: object }, report: EventReport): void
  /** A client whose writes carry another field manager and user, e.g. `kubelet`, `kube-controller-manager`. */
  as(component: string): Client
}
