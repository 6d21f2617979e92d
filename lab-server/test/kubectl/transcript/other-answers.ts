// What another cluster answers and why: an older one, or one that lacks a part. In a transcript, before the command:
//
//     # before 1.25: Pod Security admission came then
//     #| pod/root created
//     #| [exit 0]
//
// Without `#|` lines the command is not asked there: it makes no sense on such a cluster. `before 1.25, all:` holds for
// every command of the file. The version is the first that is known to answer as the transcript has it. `# elsewhere: …` is what every
// Kubernetes but ours answers: a known difference, listed in docs/kubernetes-support.md.

const facilities = ['a second node', 'an ingress controller', 'metrics'] as const

/** A part that a cluster may lack. */
export type Facility = (typeof facilities)[number]

/** The cluster that answers, as far as its answers depend on it. */
export interface Traits {
  isEmbedded: boolean
  /** The second number of its version. */
  minor: number
  /** That of the kubectl that asks. */
  kubectl: number
  lacks: Facility[]
}

/** Another answer to a command, or none, and where it holds. */
export interface OtherAnswer {
  where: { beforeMinor: number } | { kubectlBefore: number } | { without: Facility } | 'elsewhere'
  /** Why, as the transcript has it, with the condition. */
  reason: string
  /** Whether it holds for every command of the file. */
  isForAll: boolean
  answer: { output: string; exitCode: number } | undefined
}

const heading = new RegExp(
  `^# (?:before 1\\.(\\d+)|kubectl before 1\\.(\\d+)|without (${facilities.join('|')})|elsewhere)(, all)?: .+`,
)
const quoted = /^#\| ?(.*)$/
const ending = /\[exit (\d+)\]$/

/** The answer that stands in `#|` lines from `index` on. */
function readAnswer(lines: string[], index: number): OtherAnswer['answer'] {
  const printed: string[] = []
  for (let at = index; at < lines.length; at++) {
    const line = quoted.exec(lines[at] ?? '')?.[1]
    if (line === undefined) break
    const end = ending.exec(line)
    if (!end || line.replace(ending, '')) printed.push(line.replace(ending, ''))
    if (end) return { output: printed.join('\n'), exitCode: Number(end[1]) }
  }
  if (printed.length > 0) throw new Error(`Line ${index + 1}: an answer in #| lines ends with [exit N].`)
  return undefined
}

function whereOf([, server, kubectl, facility]: string[]): OtherAnswer['where'] {
  if (server) return { beforeMinor: Number(server) }
  if (kubectl) return { kubectlBefore: Number(kubectl) }
  return facility ? { without: facility as Facility } : 'elsewhere'
}

/** The other answer whose heading is the line at `index`, if it is one. */
export function readOtherAnswer(lines: string[], index: number): OtherAnswer | undefined {
  const line = lines[index] ?? ''
  const found = heading.exec(line)
  if (!found) return undefined
  return {
    where: whereOf(found),
    reason: line.slice(2).replace(', all:', ':'),
    isForAll: found[4] !== undefined,
    answer: readAnswer(lines, index + 1),
  }
}

/** The answers that hold on such a cluster. */
export function answersOf(others: OtherAnswer[], { isEmbedded, minor, kubectl, lacks }: Traits): OtherAnswer[] {
  return others.filter(({ where }) => {
    if (where === 'elsewhere') return !isEmbedded
    if ('without' in where) return lacks.includes(where.without)
    return 'beforeMinor' in where ? minor < where.beforeMinor : kubectl < where.kubectlBefore
  })
}
