/**
 * Replaces `$(NAME)` by its value, as container commands and env values have it: unknown names stay as written,
 * and `$$(NAME)` is the literal `$(NAME)`.
 */
export function expandReferences(text: string, values: Record<string, string>): string {
  let result = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '$' || at + 1 >= text.length) {
      result += text[at]
      continue
    }
    const next = text[at + 1]
    const end = next === '(' ? text.indexOf(')', at + 2) : -1
    if (next === '$') {
      result += '$'
      at += 1
    } else if (end > 0) {
      const name = text.slice(at + 2, end)
      result += Object.hasOwn(values, name) ? values[name] : `$(${name})`
      at = end
    } else {
      result += '$'
    }
  }
  return result
}
