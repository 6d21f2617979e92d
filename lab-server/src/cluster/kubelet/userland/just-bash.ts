// The parser and the text tools come from just-bash. It takes longer to load than all the rest, and many commands (a
// probe's `pg_isready`, a `wget`) need none of it: so it is loaded at first use, or while the process idles.
import type * as JustBash from 'just-bash'

let loaded: typeof JustBash | undefined

/** Loads the library; whoever parses or runs a text tool awaits this first. */
export async function loadJustBash(): Promise<typeof JustBash> {
  if (!loaded) {
    // The library takes this global for its own curl, which no container has, and Node would load its whole client for
    // fetch, with HTTP/2 and workers. Looking at its descriptor would do that too.
    Reflect.deleteProperty(globalThis, 'Headers')
    loaded = await import('just-bash')
  }
  return loaded
}

/** The library, which the shell loaded when it started. */
export function justBash(): typeof JustBash {
  if (!loaded) throw new Error('just-bash is not loaded yet')
  return loaded
}
