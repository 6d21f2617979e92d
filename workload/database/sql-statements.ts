// Splits SQL text into statements as psql does: a semicolon ends one unless it stands in quotes, a comment, a
// dollar-quoted body or parentheses.

export interface SplitSql {
  /** Complete statements, semicolons included, and the line each begins at, from 1. */
  statements: { text: string; line: number }[]
  /** What is left without a semicolon. */
  rest: string
}

const openings = /--[^\n]*|\/\*|'|"|\$[A-Za-z_]*\$|[();]/g

/** Splits `sql`; the rest is empty when it holds nothing but blanks and comments. */
export function splitSql(sql: string): SplitSql {
  const statements: SplitSql['statements'] = []
  let start = 0
  let depth = 0
  openings.lastIndex = 0
  for (let match = openings.exec(sql); match; match = openings.exec(sql)) {
    const [token] = match
    if (token === '(') depth += 1
    else if (token === ')') depth = Math.max(0, depth - 1)
    else if (token === ';') {
      if (depth > 0) continue
      addStatement(statements, sql, start, openings.lastIndex)
      start = openings.lastIndex
    } else if (!token.startsWith('--')) {
      openings.lastIndex = endOf(sql, token, openings.lastIndex)
    }
  }
  const rest = sql.slice(start)
  return { statements, rest: isBlank(rest) ? '' : rest }
}

function addStatement(statements: SplitSql['statements'], sql: string, start: number, end: number): void {
  const lead = /^(\s|--[^\n]*(\n|$))*/.exec(sql.slice(start, end))?.[0].length ?? 0
  const text = sql.slice(start + lead, end)
  if (text === ';') return
  statements.push({ text, line: sql.slice(0, start + lead).split('\n').length })
}

/** Where a quote, a comment or a dollar-quoted body ends; the end of the text when it does not. */
function endOf(sql: string, token: string, from: number): number {
  if (token === '/*') return endOfComment(sql, from)
  const at = sql.indexOf(token, from)
  return at < 0 ? sql.length : at + token.length
}

/** Comments nest in SQL. */
function endOfComment(sql: string, from: number): number {
  const marks = /\/\*|\*\//g
  marks.lastIndex = from
  let depth = 1
  for (let match = marks.exec(sql); match; match = marks.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
  return sql.length
}

function isBlank(text: string): boolean {
  return text.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() === ''
}
