import type { Change } from './change.ts'

/** A reader of changes at its own pace. Writers never wait for it: when its buffer is full it is cut. */
export interface Watcher {
  /** The next change in order, or undefined when there is none yet. */
  take(): Change | undefined
  /** True once the buffer overflowed: changes are missing and the reader must start over. */
  readonly isCut: boolean
  stop(): void
}

/** The writing end of a watcher. */
export interface WatcherFeed extends Watcher {
  offer(change: Change): void
}

/** Makes a watcher whose buffer holds `limit` changes; `wake` is called when there is something to take, or it was cut. */
export function makeWatcher(options: { limit: number; wake: () => void; onStop: () => void }): WatcherFeed {
  let buffer: Change[] = []
  let head = 0
  let isCut = false
  let isStopped = false

  function stop() {
    if (isStopped) return
    isStopped = true
    buffer = []
    head = 0
    options.onStop()
  }

  return {
    get isCut() {
      return isCut
    },
    take() {
      const change = buffer[head]
      if (change === undefined) return undefined
      head += 1
      if (head === buffer.length) {
        buffer = []
        head = 0
      }
      return change
    },
    offer(change) {
      if (isStopped) return
      if (buffer.length - head >= options.limit) {
        isCut = true
        stop()
        options.wake()
        return
      }
      if (head > 1024) {
        buffer = buffer.slice(head)
        head = 0
      }
      buffer.push(change)
      options.wake()
    },
    stop,
  }
}
