// Where every answer of an older server differs in the same way: the wording or field, and the version that changed it.

/** One change of upstream: what a v1.36 says, and what servers before `minor` say in its place. */
interface Change {
  minor: number
  reason: string
  now: RegExp
  before: string
}

/** Applied in this order. */
const changes: Change[] = [
  { minor: 36, reason: 'nodes tell their version', now: /\bv1\.36\.\d+/g, before: 'v1.…' },
  {
    minor: 35,
    reason: 'events of containers named them',
    now: /\bContainer (created|started)$/gim,
    before: '… container …',
  },
  {
    minor: 35,
    reason: 'who may use an image that is present was not checked',
    now: / and can be accessed by the pod/g,
    before: '',
  },
  {
    minor: 33,
    reason: 'Endpoints were not deprecated',
    now: /^Warning: v1 Endpoints is deprecated .*\n/gm,
    before: '',
  },
  {
    minor: 31,
    reason: 'events of scaling told the new size first, and before 1.22 alone',
    now: /\b(Scaled (?:up|down) replica set \S+) from \d+ to (\d+)/g,
    before: '$1 to $2…',
  },
  {
    minor: 29,
    reason: 'pods had no condition for their network',
    now: /^ +PodReadyToStartContainers .*\n/gm,
    before: '',
  },
]

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
