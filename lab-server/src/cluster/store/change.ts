import type { KubeObject } from '../objects/types.ts'

/** One write, as history and watchers see it. */
export interface Change {
  revision: number
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** `namespace/name`, or the name alone. */
  key: string
  /** The new state, or the last one of a deleted object, at this revision. */
  object: KubeObject
  /** What the object was before; absent for `ADDED`. */
  previous?: KubeObject
}
