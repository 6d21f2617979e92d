// What the texts of a scenario give away: hints that are the command, and names of the cause where the student reads
// them before they have looked.
import { describeFault } from '../faults/inject.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
import type { Scenario } from './scenario.ts'

const fewestHints = 3

/** Field and message for each hint that is out of order or gives a command away. */
export function hintProblems({ hints }: Scenario, solution: string): [string, string][] {
  const found: [string, string][] = []
  if (hints.length < fewestHints) found.push(['/hints', `has ${hints.length} hints; ${fewestHints} lead step by step`])
  for (const [index, { cost, text }] of hints.entries()) {
    const before = hints[index - 1]
    if (before && cost <= before.cost) found.push([`/hints/${index}/cost`, 'must cost more than the hint before it'])
    const given = commandsOf(solution).find((command) => plain(text).includes(command))
    const changing = changingCommand.exec(plain(text))?.[0]
    if (given) found.push([`/hints/${index}/text`, `contains a command of solution.sh: ${given}`])
    else if (changing)
      found.push([`/hints/${index}/text`, `contains the command: "${changing}"; say what is wrong instead`])
  }
  return found
}

/** Verbs of kubectl that repair; looking, and a restart to see what happens, are allowed. */
const changingCommand =
  /kubectl (annotate|apply|cordon|create|delete|edit|expose|label|patch|replace|scale|taint|uncordon|set (?!env \S+ --list)\w+|rollout (pause|resume|undo))\b.*?(?=[`.,;]|$)/

/** Commands that change something, without what every one of them says. */
function commandsOf(script: string): string[] {
  return script
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => plain(line).trim())
    .filter((line) => /^kubectl (?!get|describe|logs|rollout status|wait|auth|api-resources|explain)/.test(line))
    .filter((line) => line.split(' ').length > 3)
}

function plain(text: string): string {
  return text.replaceAll(/ (-n|--namespace)[ =]\S+/g, '').replaceAll(/\s+/g, ' ')
}

/** File, field and message for each text on the screen before the first command that names the cause. */
export function giveaways(scenario: Scenario, healthy: readonly KubeObject[]): [string, string, string][] {
  const { id, title, tags, checks, brief } = scenario
  const found: [string, string, string][] = []
  const shown: [string, string][] = [
    ['/id', id],
    ['/title', title],
    ...checks.map((check, index): [string, string] => [`/checks/${index}/title`, check.title]),
  ]
  for (const word of causeWords(scenario)) {
    const names = `names the cause: "${word}" is what the fault writes`
    for (const [field, text] of shown) if (text.includes(word)) found.push(['scenario.yaml', field, names])
    // One ticket of several may name an object that another ticket's fault refers to.
    if (/^---$/m.test(brief) && healthy.some(({ metadata }) => metadata.name === word)) continue
    if (brief.includes(word)) found.push(['brief.md', '', names])
  }
  const kinds = new Set(scenario.faults.map((fault) => describeFault(fault).split(' ')[1]?.split('/').at(-2)))
  for (const [index, tag] of tags.entries()) {
    const kind = [...kinds].find((written) => written?.toLowerCase() === tag.replaceAll('-', '').replace(/s$/, ''))
    if (!kind) continue
    const message = `names the cause: the fault writes a ${kind}. Say the area: network, storage, configuration, pods`
    found.push(['scenario.yaml', `/tags/${index}`, message])
  }
  return found
}

/** Values that a fault writes and a user cannot know: long enough to be no chance hit. */
function causeWords({ faults }: Scenario): string[] {
  const written = faults.flatMap((fault) => {
    if (!('ops' in fault)) return []
    return fault.ops.flatMap((operation) => (operation.op === 'test' ? [] : textsOf(operation.value)))
  })
  return [...new Set(written)].filter((text) => text.length >= 4 && !/^(true|false|\w+\/\w+:\d.*)$/.test(text))
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsOf)
}
