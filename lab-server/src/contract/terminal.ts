// Text frames of the terminal socket. Binary frames are bytes of the terminal, in both directions.

/** Browser to server. */
export type TerminalRequest =
  | { type: 'resize'; cols: number; rows: number }
  /** How many characters the page has drawn since the last ack: the server pauses at 100 000 unacknowledged. */
  | { type: 'ack'; characters: number }

/** Server to browser. */
export type TerminalNotice =
  /** First on a new socket: the next binary frame is a snapshot of the screen, `bytes` long, to be written to a reset terminal. */
  | { type: 'snapshot'; cols: number; rows: number; bytes: number }
  /** The shell ended; a key press starts a new one. */
  | { type: 'exit'; code: number }
  /** Strength of the sandbox the shell runs in, for the page to show. */
  | { type: 'ready'; isolation: 'isolated' | 'shared'; recording: boolean }
  /** Another tab took a different size; the terminal now has this one. */
  | { type: 'size'; cols: number; rows: number }
