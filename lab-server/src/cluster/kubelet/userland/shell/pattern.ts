// Shell patterns: `*`, `?`, `[…]`. Text is matched per character; a backslash takes the meaning away.

/** Quotes a text so that it matches itself. */
export const quotePattern = (text: string) => text.replaceAll(/[\\*?[\]]/g, '\\$&')

/** Takes the quoting of a pattern away, when it is used as text. */
export const unquotePattern = (pattern: string) => pattern.replaceAll(/\\(.)/gs, '$1')

/** Whether a pattern can match anything but its own text. */
export const hasWildcard = (pattern: string) => /[*?[]/.test(pattern.replaceAll(/\\./gs, ''))

const classes: Record<string, string> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
}

/** Translates a pattern to a regular expression's source. `slash` false keeps wildcards within a path part. */
export function patternSource(pattern: string, slash = true, greedy = true): string {
  const any = slash ? '[\\s\\S]' : '[^/]'
  let source = ''
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index] ?? ''
    if (char === '\\') {
      index += 1
      source += escapeRegExp(pattern[index] ?? '\\')
    } else if (char === '*') {
      // Runs of stars mean one: without this a pattern of many would take for ever to fail.
      while (pattern[index + 1] === '*') index += 1
      source += `${any}*${greedy ? '' : '?'}`
    } else if (char === '?') source += any
    else if (char === '[') {
      const set = readSet(pattern, index)
      source += set?.source ?? '\\['
      index = set?.end ?? index
    } else source += escapeRegExp(char)
  }
  return source
}

function readSet(pattern: string, start: number): { source: string; end: number } | undefined {
  let index = start + 1
  const negated = pattern[index] === '!' || pattern[index] === '^'
  if (negated) index += 1
  let body = ''
  for (let first = true; index < pattern.length; first = false) {
    const char = pattern[index] ?? ''
    if (char === ']' && !first) return { source: `[${negated ? '^' : ''}${body}]`, end: index }
    const named = /^\[:(\w+):\]/.exec(pattern.slice(index))
    if (named) {
      body += classes[named[1] ?? ''] ?? ''
      index += named[0].length
      continue
    }
    if (char === '\\') index += 1
    body += (pattern[index] ?? '').replaceAll(/[\\\]^[]/g, '\\$&')
    index += 1
  }
  return undefined
}

const escapeRegExp = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** Whether a text matches a pattern as a whole. */
export function matchesPattern(pattern: string, text: string): boolean {
  return new RegExp(`^${patternSource(pattern)}$`, 'u').test(text)
}

/** Removes what a pattern matches at one end: `${x#pattern}` and its kin. */
export function removeMatch(text: string, pattern: string, side: 'prefix' | 'suffix', greedy: boolean): string {
  if (side === 'prefix') return text.replace(new RegExp(`^${patternSource(pattern, true, greedy)}`), '')
  const ends = new RegExp(`^${patternSource(pattern)}$`)
  const length = text.length
  for (let step = 0; step <= length; step += 1) {
    const cut = greedy ? step : length - step
    if (ends.test(text.slice(cut))) return text.slice(0, cut)
  }
  return text
}

/** Replaces what a pattern matches: `${x/pattern/text}`. */
export function replaceMatch(
  text: string,
  pattern: string,
  replacement: string,
  { all, anchor }: { all: boolean; anchor: 'start' | 'end' | null },
): string {
  if (pattern === '') return text
  const source = patternSource(pattern)
  const anchored = anchor === 'start' ? `^(?:${source})` : anchor === 'end' ? `(?:${source})$` : source
  return text.replace(new RegExp(anchored, all ? 'g' : ''), () => replacement)
}
