// JSON.parse keeps the last of several fields with one name; the API has to tell the writer about the others.

/** The paths of fields that occur again in an object of a JSON text, each once: `data.a`, `items[0].x`. */
export function findDuplicateFields(text: string): string[] {
  if (!text.trimStart().startsWith('{')) return []
  const found = new Set<string>()
  const scopes: Scope[] = []
  // Strings and structure are all that matters; numbers, words and blanks fall between the matches.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    const scope = scopes.at(-1)
    if (token === '{') scopes.push({ keys: new Set(), path: childPath(scope), isArray: false, index: 0 })
    else if (token === '[') scopes.push({ keys: new Set(), path: childPath(scope), isArray: true, index: 0 })
    else if (token === '}' || token === ']') scopes.pop()
    else if (scope && token === ',') nextMember(scope)
    else if (scope && token !== ':' && !scope.isArray && scope.key === undefined) enterField(scope, token, found)
  }
  return [...found]
}

interface Scope {
  keys: Set<string>
  path: string
  isArray: boolean
  index: number
  key?: string
}

function nextMember(scope: Scope): void {
  scope.index++
  scope.key = undefined
}

function enterField(scope: Scope, token: string, found: Set<string>): void {
  scope.key = JSON.parse(token) as string
  if (scope.keys.has(scope.key)) found.add(childPath(scope))
  scope.keys.add(scope.key)
}

function childPath(scope: Scope | undefined): string {
  if (!scope) return ''
  if (scope.isArray) return `${scope.path}[${scope.index}]`
  return scope.path === '' ? (scope.key ?? '') : `${scope.path}.${scope.key}`
}
