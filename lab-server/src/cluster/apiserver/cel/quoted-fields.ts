// Fields in backticks: `self.labels.`app.kubernetes.io/name``. The library does not read them, so each is parsed under
// another name of the same length, and named properly in what was parsed.

const quoted = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(\.\s*\??\s*)`([A-Za-z0-9_.\-/ ]+)`/g

/** An expression without backticks, and the fields that stand for others in it. */
export interface QuotedFields {
  text: string
  names: Map<string, string>
}

/** Takes the backticks out of an expression. */
export function withoutBackticks(expression: string): QuotedFields {
  const names = new Map<string, string>()
  if (!expression.includes('`')) return { text: expression, names }
  const text = expression.replace(quoted, (part, dot: string | undefined, name: string | undefined) => {
    if (dot === undefined || name === undefined) return part
    const stand = `_Q${names.size}`.padEnd(name.length + 2, '_')
    names.set(stand, name)
    return `${dot}${stand}`
  })
  return { text, names }
}

/** Names the fields of a parsed expression as they were written. */
export function nameFields(node: unknown, names: Map<string, string>): void {
  if (names.size === 0 || typeof node !== 'object' || node === null) return
  if (Array.isArray(node)) {
    for (const part of node) nameFields(part, names)
    return
  }
  const { op, args } = node as { op?: string; args?: unknown }
  if ((op === '.' || op === '.?') && Array.isArray(args) && typeof args[1] === 'string') {
    args[1] = names.get(args[1]) ?? args[1]
  }
  nameFields(args, names)
}
