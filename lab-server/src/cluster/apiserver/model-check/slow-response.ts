// The other end of a watch: takes what the server writes, and asks it to wait when nobody reads.
import { EventEmitter } from 'node:events'
import type { Writable } from 'node:stream'

/** A client's connection, as far as a watch uses it. */
export interface SlowResponse {
  /** What the server writes to. */
  readonly response: Writable
  /** Everything that was written, read or not. */
  readonly written: string[]
  /** Lines that came and were not read yet. */
  unread(): number
  /** Reads up to `count` lines. */
  read(count: number): string[]
  /** True while the server waits for the client. */
  isFull(): boolean
  /** How the server ended it, if it did: in time, in time but with more to say, or by cutting it. */
  ended(): 'time' | 'behind' | 'cut' | undefined
  /** Goes away without a word. */
  leave(): void
}

/** Makes a connection that holds `capacity` unread lines before the server has to wait. */
export function makeSlowResponse(capacity: number): SlowResponse {
  const events = new EventEmitter()
  const written: string[] = []
  let taken = 0
  let isWaiting = false
  let end: 'time' | 'behind' | 'cut' | undefined
  const response = Object.assign(events, {
    write(text: string) {
      written.push(text)
      isWaiting = written.length - taken >= capacity
      return !isWaiting
    },
    end() {
      end ??= isWaiting ? 'behind' : 'time'
    },
    destroy() {
      end ??= 'cut'
    },
  })
  return {
    response: response as unknown as Writable,
    written,
    unread: () => written.length - taken,
    read(count) {
      const lines = written.slice(taken, taken + count)
      taken += lines.length
      if (isWaiting && taken === written.length) {
        isWaiting = false
        events.emit('drain')
      }
      return lines
    },
    isFull: () => isWaiting,
    ended: () => end,
    leave: () => void events.emit('close'),
  }
}
