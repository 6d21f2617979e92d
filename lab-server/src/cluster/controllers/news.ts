// Keeps level-driven runs from repeating themselves: an Event is news when its text or enough time has passed.
import type { Clock } from '../clock.ts'
import type { KubeObject } from '../objects/types.ts'

interface Told {
  uid: string | undefined
  text: string
  atMs: number
}

/** What was last said about each object by one controller. */
export class News {
  readonly #told = new Map<string, Told>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** True, once, if `text` differs from what was last said about the object or that was `everyMs` ago. */
  isNew({ metadata }: { metadata: KubeObject['metadata'] }, text: string, everyMs = Number.POSITIVE_INFINITY): boolean {
    const { namespace = '', name = '', uid } = metadata
    const key = `${namespace}/${name}`
    const nowMs = this.#clock.now()
    const last = this.#told.get(key)
    if (last?.uid === uid && last?.text === text && nowMs - last.atMs < everyMs) return false
    this.#told.set(key, { uid, text, atMs: nowMs })
    return true
  }

  /** Forgets an object that is gone. */
  forget({ namespace = '', name }: { namespace?: string; name: string }): void {
    this.#told.delete(`${namespace}/${name}`)
  }
}
