// The resize channel: JSON objects one after another, `{"Width":80,"Height":24}`.

/** A size as the container runtime takes it. */
export interface TerminalSize {
  columns: number
  rows: number
}

/** Hands sizes from the client to whoever listens; one that comes early is kept for the first listener. */
export interface SizeFeed {
  push(text: string): void
  listen(listener: (size: TerminalSize) => void): void
}

/** Makes the feed of one session. */
export function makeSizeFeed(): SizeFeed {
  const listeners: ((size: TerminalSize) => void)[] = []
  let latest: TerminalSize | undefined
  let pending = ''
  return {
    push(text) {
      pending = `${pending}${text}`.slice(-4096)
      for (let end = pending.indexOf('}'); end >= 0; end = pending.indexOf('}')) {
        latest = parseSize(pending.slice(0, end + 1)) ?? latest
        pending = pending.slice(end + 1)
        if (latest) for (const listener of listeners) listener(latest)
      }
    },
    listen(listener) {
      listeners.push(listener)
      if (latest) listener(latest)
    },
  }
}

// A zero is what a client sends that has no terminal yet.
function parseSize(text: string): TerminalSize | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as { Width?: unknown; Height?: unknown }
    if (typeof Width !== 'number' || typeof Height !== 'number' || Width < 1 || Height < 1) return undefined
    return { columns: Math.min(Math.floor(Width), 10_000), rows: Math.min(Math.floor(Height), 10_000) }
  } catch {
    return undefined
  }
}
