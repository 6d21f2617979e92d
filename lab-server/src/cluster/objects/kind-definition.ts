// What a kind says of itself. Routing, discovery, tables, OpenAPI, defaults and validation all
// read this, so that adding a kind is one row and, if it has behaviour, one controller.
import type { KubeObject } from './types.ts'

/** One broken rule of an object, as `Status.details.causes` and the message name it. */
export interface FieldError {
  /** `spec.template.spec.containers[0].image`, as upstream writes field paths. */
  field: string
  /** Upstream's reason: the cause's `reason`. */
  type:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueNotFound'
    | 'FieldValueTypeInvalid'
  /** The cause's message, without the field: `Invalid value: "x": must be …`. */
  message: string
}

/** One column of `kubectl get`; `priority` above 0 shows with `-o wide` only. */
export interface Column {
  name: string
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  format?: 'name' | ''
  description: string
  priority: number
}

/** What a column function may need beside the object. */
export interface RowContext {
  /** Milliseconds since the epoch, in cluster time, for ages. */
  nowMs: number
}

/** A subresource as discovery lists it. `group` and `version` only where they differ from the kind's. */
export interface Subresource {
  name: string
  kind: string
  group?: string
  version?: string
  verbs: string[]
}

/** Where the objects of a second face are kept, and how to turn one into the other. */
export interface StoredAs {
  group: string
  version: string
  plural: string
  toStored(object: KubeObject): KubeObject
  fromStored(object: KubeObject): KubeObject
}

/** A kind of object and everything the generic layers must know of it. */
export interface KindDefinition {
  /** `''` for the core group. */
  group: string
  version: string
  kind: string
  plural: string
  singular: string
  shortNames: string[]
  categories: string[]
  namespaced: boolean
  /** Other versions of the same group that serve the same objects unchanged, newest first. */
  alsoServedAs?: string[]
  /** Verbs in discovery's order; `undefined` means all eight. */
  verbs?: string[]
  subresources: {
    /** `/status` exists: writes to the main resource keep the old status and the other way round. */
    status?: boolean
    /** `/scale`, with the JSON paths it reads and writes. */
    scale?: { replicas: string; statusReplicas: string; selector?: string }
  }
  /** Subresources that only discovery needs to know of; who serves them is the API server's matter. */
  otherSubresources?: Subresource[]
  /** True for kinds whose `metadata.generation` counts changes of `spec`. */
  hasGeneration: boolean
  /** The top-level fields that `metadata.generation` counts; `['spec']` when absent. */
  generationFields?: string[]
  /** Another face of a stored kind: the same objects in another shape (autoscaling/v1, events.k8s.io). */
  storedAs?: StoredAs
  columns: Column[]
  /** The cells of one row, in the columns' order. */
  cells(object: KubeObject, context: RowContext): unknown[]
  /** Field selectors beyond `metadata.name` and `metadata.namespace`: label → value of the object. */
  selectableFields?: Record<string, (object: KubeObject) => string>
  /** Fills in upstream's defaults; changes the given (private) copy. `old` is the stored object on update. */
  applyDefaults?(object: KubeObject, old?: KubeObject): void
  /** Rules for an object, in upstream's order and words; with `old`, also for how it may change. */
  validate?(object: KubeObject, old?: KubeObject): FieldError[]
  /** True for kinds whose status is held to the same rules. */
  checksStatus?: boolean
  /** Rules for a change: immutability and so on. `validate` runs too. A pod's `resize` and `ephemeralcontainers` have rules of their own. */
  validateUpdate?(object: KubeObject, old: KubeObject, subresource?: string): FieldError[]
  /** Warnings that the server sends in `Warning` headers for this object; with `old`, for its change. */
  warnings?(object: KubeObject, old?: KubeObject): string[]
  /** Deprecation warning for every request of this kind, e.g. Endpoints from v1.33. */
  deprecation?: string
}
