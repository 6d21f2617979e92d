// Where every answer of an older server differs in the same way: the wording or field, and the version that changed it.

/** One change of upstream: what a v1.36 says, and what servers before `minor` say in its place. */
interface Change {
  minor: number
  reason: string
  now: RegExp
  before: string
}

const changes: Change[] = []

/** A v1.36 answer in the words of an older server. */
export function asOlderServer(text: string, minor: number): { text: string; reasons: string[] } {
  const reasons: string[] = []
  let older = text
  for (const change of changes) {
    if (minor >= change.minor) continue
    const changed = older.replace(change.now, change.before)
    if (changed !== older) reasons.push(`before 1.${change.minor}: ${change.reason}`)
    older = changed
  }
  return { text: older, reasons }
}
