// `Object{spec: Object.spec{replicas: 3}}` and `JSONPatch{op: "add"}`: the library knows maps only, so these become maps.

const token = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[A-Za-z_][\w.]*|[{}]|\?|:|,|[\s\S]/g

/** The expression with every object of a named type written as a map with the same fields. */
export function withPlainObjects(expression: string): string {
  if (!/[\w]\s*\{/.test(expression)) return expression
  let result = ''
  // For each open brace, whether it is of a named type.
  const braces: boolean[] = []
  const tokens = expression.match(token) ?? []
  for (const [index, part] of tokens.entries()) {
    const next = tokens.slice(index + 1).find((later) => later.trim() !== '')
    const isName = /^[A-Za-z_]/.test(part)
    if (isName && next === '{' && /^(Object|JSONPatch)(\.|$)/.test(part)) {
      braces.push(true)
      continue
    }
    if (part === '{') {
      const isNamed = braces.at(-1) === true && isTypeBefore(tokens, index)
      if (!isNamed) braces.push(false)
    }
    if (part === '}') braces.pop()
    const isField = isName && next === ':' && braces.at(-1) === true
    result += isField ? JSON.stringify(part) : part
  }
  return result
}

function isTypeBefore(tokens: string[], index: number): boolean {
  const before = tokens.slice(0, index).findLast((part) => part.trim() !== '')
  return before !== undefined && /^(Object|JSONPatch)(\.|$)/.test(before)
}
