import type { ByteReader, ByteWriter } from '../byte-stream.ts'
import { emptyReader, nullWriter } from '../byte-stream.ts'
import type { System } from '../task.ts'
import { Killed } from '../task.ts'
import { nextTurn } from './redirect.ts'
import type { ShellState } from './state.ts'

/** A shell at work: its state, what ends it, and the signals that its traps wait for. */
export interface Shell {
  state: ShellState
  system: System
  signal: AbortSignal
  signals: SignalQueue
}

/** Signals that arrived and have a trap; it runs between two commands. */
export interface SignalQueue {
  pending: string[]
  /** Resolves at the next signal that has a trap. */
  arrived(): Promise<void>
  push(name: string): void
}

/** Makes an empty queue. */
export function makeSignalQueue(): SignalQueue {
  let wake: (() => void)[] = []
  const pending: string[] = []
  return {
    pending,
    arrived: () => (pending.length > 0 ? Promise.resolve() : new Promise((resolve) => wake.push(resolve))),
    push(name) {
      pending.push(name)
      const callbacks = wake
      wake = []
      for (const callback of callbacks) callback()
    },
  }
}

export const stdinOf = ({ state }: Shell): ByteReader => state.descriptors.get(0)?.reader ?? emptyReader()
export const stdoutOf = ({ state }: Shell): ByteWriter => state.descriptors.get(1)?.writer ?? nullWriter
export const stderrOf = ({ state }: Shell): ByteWriter => state.descriptors.get(2)?.writer ?? nullWriter

let lastTurn = performance.now()

/** Between two commands: gives the process its turn now and then, and stops when the shell was killed. */
export async function breathe(shell: Shell): Promise<void> {
  if (performance.now() - lastTurn > 10) {
    await nextTurn()
    lastTurn = performance.now()
  }
  if (shell.signal.aborted) throw new Killed(String(shell.signal.reason))
}
