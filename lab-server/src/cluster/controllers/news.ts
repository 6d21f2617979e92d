// Keeps level-driven runs from repeating themselves: an Event is news when its text or enough time has passed.
import type { Clock } from '../clock.ts'
import type { KubeObject } from '../objects/types.ts'

interface About {
  metadata: KubeObject['metadata']
}

interface NewsOptions {
  /** After this long the same text is news again. */
  everyMs?: number
  /** Texts of different topics do not replace each other. */
  topic?: string
}

interface Told {
  uid: string | undefined
  text: string
  atMs: number
}

/** What was last said about each object by one controller. */
export class News {
  readonly #told = new Map<string, Map<string, Told>>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** True, once, if `text` differs from what was last said about the object's topic, or that was long ago. */
  isNew(object: About, text: string, { everyMs = Number.POSITIVE_INFINITY, topic = '' }: NewsOptions = {}): boolean {
    const topics = this.#told.get(keyOf(object.metadata)) ?? new Map<string, Told>()
    const nowMs = this.#clock.now()
    const { uid } = object.metadata
    const last = topics.get(topic)
    if (last?.uid === uid && last?.text === text && nowMs - last.atMs < everyMs) return false
    this.#told.set(keyOf(object.metadata), topics.set(topic, { uid, text, atMs: nowMs }))
    return true
  }

  /** When something was last said about the object, of no topic in particular. */
  toldAtMs(object: About): number | undefined {
    return this.#told.get(keyOf(object.metadata))?.get('')?.atMs
  }

  /** Forgets what was said about an object. */
  forget(key: { namespace?: string; name?: string }): void {
    this.#told.delete(keyOf(key))
  }
}

function keyOf({ namespace = '', name = '' }: { namespace?: string; name?: string }): string {
  return `${namespace}/${name}`
}
