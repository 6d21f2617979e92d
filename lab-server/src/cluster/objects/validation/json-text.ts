// What Go says of text that is no JSON object.

const kinds: Record<string, string> = { string: 'string', number: 'number', boolean: 'bool', object: 'array' }
const lookedFor = new Map([
  ['', 'looking for beginning of value'],
  ['[', 'looking for beginning of value'],
  [':', 'looking for beginning of value'],
  ['{', 'looking for beginning of object key string'],
  [',', 'looking for beginning of object key string'],
])

/** Why text is not a JSON object, as Go's decoder puts it; undefined when it is one. */
export function jsonObjectProblem(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined
    return `json: cannot unmarshal ${kinds[typeof value]} into Go value of type map[string]interface {}`
  } catch (error) {
    const at = mistakeAt(text, String(error))
    const character = text[at]
    if (character === undefined) return 'unexpected end of JSON input'
    const expected = lookedFor.get(text.slice(0, at).trimEnd().slice(-1)) ?? 'after object key:value pair'
    return `invalid character ${quoted(character)} ${expected}`
  }
}

/** Node tells either the position or the character. */
function mistakeAt(text: string, error: string): number {
  const [, position] = /at position (\d+)/.exec(error) ?? []
  if (position !== undefined) return Number(position)
  const [, character] = /^SyntaxError: Unexpected token '(.)'/.exec(error) ?? []
  return character === undefined ? text.length : text.indexOf(character)
}

function quoted(character: string): string {
  if (character === "'") return "'\\''"
  return character === '"' ? `'"'` : `'${JSON.stringify(character).slice(1, -1)}'`
}
