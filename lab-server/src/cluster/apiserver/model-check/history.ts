// What a run leaves behind: everything that clients asked and were answered. The checker sees nothing else.
import type { ObjectState } from './subject.ts'

/** What a client asked for. Fields are the contested ones. */
export type Intent =
  | { do: 'create'; fields: Record<string, string>; finalizers: string[] }
  | { do: 'update'; fields: Record<string, string>; finalizers: string[]; revision?: string }
  | { do: 'merge'; fields: Record<string, string | null>; revision?: string; type: 'merge' | 'strategic' }
  | { do: 'json'; field: string; test?: string; value: string }
  | { do: 'apply'; fields: Record<string, string>; force: boolean }
  | { do: 'status'; status: string }
  | { do: 'release' }
  | { do: 'delete'; revision?: string }

/** One write, asked and answered. */
export interface WriteRecord {
  client: string
  subject: string
  key: string
  intent: Intent
  /** The store's revision when it was asked, and when it was answered. */
  from: number
  to: number
  /** The answer: the object, or the reason of the refusal. */
  answer: { revision: number; state: ObjectState; isGone: boolean } | { refusal: string; message: string }
}

/** A get or a list, asked and answered. */
export interface ReadRecord {
  subject: string
  /** Whose objects: a namespace, or one key. */
  scope: { namespace?: string; team?: string; key?: string }
  from: number
  to: number
  /** An older revision that was asked for. */
  at?: number
  answer: { revision: number; items: { key: string; revision: number; state: ObjectState }[] } | { refusal: string }
}

/** One line of a watch. */
export interface WatchLine {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  key: string
  revision: number
  state?: ObjectState
  isInitialEnd: boolean
}

/** One watch from its start to its end. */
export interface WatchRecord {
  watcher: number
  subject: string
  scope: { namespace?: string; team?: string }
  /** The version to start after; absent for a watch that starts with what exists. */
  since?: number
  wantsInitialEnd: boolean
  from: number
  to: number
  lines: WatchLine[]
  /** How it ended. `left`: the client went, and had been given everything; `behind`: it went with lines still to come. */
  end: 'left' | 'behind' | 'time' | 'cut' | 'expired'
}

/** A whole run. */
export interface History {
  /** The revision before the first write. */
  start: number
  end: number
  writes: WriteRecord[]
  reads: ReadRecord[]
  watches: WatchRecord[]
  /** What each watcher believed in the end, having resumed across all its watches. */
  beliefs: {
    watcher: number
    subject: string
    scope: WatchRecord['scope']
    revision: number
    items: Map<string, ObjectState>
  }[]
}
