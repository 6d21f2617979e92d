// Finds, for the pods of a recording, those of ours that are in their place.

/** A row of `kubectl get`, by column. */
export type Row = Record<string, string>

/** The rows of a table that `kubectl get` printed. */
export function readRows(output: string): Row[] {
  const [header = '', ...lines] = output.split('\n').filter((line) => line.trim() !== '')
  const starts = [...header.matchAll(/\S+(?: \S+)*/g)].map(({ index }) => index)
  const cells = (line: string) => starts.map((start, i) => line.slice(start, starts[i + 1]).trim())
  const names = cells(header)
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i] ?? '', cell])))
}

const appOf = ({ NAME = '' }: Row) => NAME.replace(/-[^-]+-[^-]+$/, '')
const replicaSetOf = ({ NAME = '' }: Row) => NAME.replace(/-[^-]+$/, '')

/** How well a pod of ours stands for a recorded one: its application's, in its state, as old relative to its fellows. */
function fitness(recorded: Row, ours: Row, rank: (row: Row, rows: Row[]) => number, all: [Row[], Row[]]): number {
  if (appOf(recorded) !== appOf(ours)) return 0
  const isSameState = recorded.STATUS === ours.STATUS && recorded.READY === ours.READY
  return 1 + (isSameState ? 4 : 0) + (rank(recorded, all[0]) === rank(ours, all[1]) ? 2 : 0)
}

const seconds = (age: string) =>
  [...age.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * ({ d: 86_400, h: 3600, m: 60, s: 1 }[unit ?? 's'] ?? 1),
    0,
  )

/** 0 for a pod of its application's newest ReplicaSet, 1 for the one before. */
function generation(row: Row, rows: Row[]): number {
  const newest = new Map<string, number>()
  for (const other of rows.filter((one) => appOf(one) === appOf(row))) {
    const name = replicaSetOf(other)
    newest.set(name, Math.min(newest.get(name) ?? Number.POSITIVE_INFINITY, seconds(other.AGE ?? '')))
  }
  return [...newest].sort(([, a], [, b]) => a - b).findIndex(([name]) => name === replicaSetOf(row))
}

/** `command` with the recorded pods' names replaced by ours. */
export function renamePods(command: string, recorded: Row[], ours: Row[]): string {
  const wanted = recorded.find(({ NAME }) => NAME && command.includes(NAME))
  if (!wanted?.NAME) return command
  const [best] = [...ours].sort(
    (a, b) => fitness(wanted, b, generation, [recorded, ours]) - fitness(wanted, a, generation, [recorded, ours]),
  )
  return best?.NAME ? command.replaceAll(wanted.NAME, best.NAME) : command
}
