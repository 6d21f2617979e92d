// Regular expressions that come from objects of the API, in Go's syntax, as upstream reads them. All clusters of a
// process share one thread, which an expression of JavaScript's own could hold for ever: these take time in proportion
// to the text.
import { RE2JS } from 're2js'

/** A compiled expression; it matches anywhere in a text. */
export interface LinearPattern {
  test(text: string): boolean
  /** The first match and its groups, empty where a group took no part; undefined without a match. */
  exec(text: string): string[] | undefined
}

/** The same few are asked for again with every request; the table is emptied when it is full. */
const known = new Map<string, LinearPattern | undefined>()
const mostKnown = 1_000

/** Compiles an expression; undefined when it is none. Look-around and back-references are none. */
export function compilePattern(source: string, { ignoreCase = false } = {}): LinearPattern | undefined {
  const key = `${ignoreCase} ${source}`
  if (known.has(key)) return known.get(key)
  if (known.size >= mostKnown) known.clear()
  const pattern = compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  known.set(key, pattern)
  return pattern
}

function compile(source: string, flags: number): LinearPattern | undefined {
  try {
    const compiled = RE2JS.compile(source, flags)
    return {
      test: (text) => compiled.matcher(text).find(),
      exec(text) {
        const matcher = compiled.matcher(text)
        if (!matcher.find()) return undefined
        return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? '')
      },
    }
  } catch {
    return undefined
  }
}
