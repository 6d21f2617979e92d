// What a terminal needs of a shell, wherever it runs: on this machine or in a pod.

/** A shell that has been started or found again. */
export interface RunningShell {
  /** Types into it. */
  write(data: Buffer): void
  resize(cols: number, rows: number): void
  /** Stops reading its output; it waits when it has more to say than fits in between. */
  pause(): void
  resume(): void
  /** Lets go of it. One on this machine ends; one in a pod goes on, for the next who asks. */
  stop(): Promise<void>
}

export interface ShellEvents {
  /** Output in whole characters. */
  onOutput(text: string): void
  /** The shell was there before: what its screen shows, in place of everything that was shown. */
  onScreen(text: string): void
  onExit(code: number): void
}

export interface ScreenSize {
  cols: number
  rows: number
}

/** Starts a shell, or finds the one that is there. Rejects with a message for the student. */
export type StartShell = (size: ScreenSize, events: ShellEvents) => Promise<RunningShell>
