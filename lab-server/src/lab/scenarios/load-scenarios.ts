// Reads folders of scenarios. Every mistake of an author is reported with its file, line and field.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv, type ErrorObject } from 'ajv'
import { LineCounter, parseDocument } from 'yaml'
import { explainErrors } from './explain-errors.ts'
import { referenceProblems } from './reference-problems.ts'
import type { Catalogue, Scenario } from './scenario.ts'
import { lineOf } from './scenario-lines.ts'
import { filled, unfilled, type VariantValues } from './variants.ts'

/** One mistake in a scenario's files. */
export interface ScenarioProblem {
  file: string
  line: number
  field: string
  message: string
}

/** The scenarios of this repository. */
export const builtInScenarios = fileURLToPath(new URL('../../../../scenarios', import.meta.url))

/** The lab's own folder of scenarios, then those that `more` lists, separated by colons as in LAB_SCENARIO_DIRS. */
export function scenarioFolders(more = ''): string[] {
  return [builtInScenarios, ...more.split(':').filter(Boolean)]
}

/** The JSON Schema of scenario.yaml. */
export const schemaFile = join(builtInScenarios, 'scenario.schema.json')
const longestBrief = 150

/** `scenarios/x/scenario.yaml:12: /checks/0/http: must have required property 'path'` */
export function describeProblem(problem: ScenarioProblem): string {
  return `${problem.file}:${problem.line}: ${problem.field ? `${problem.field}: ` : ''}${problem.message}`
}

/** Whether the problem is in the folder of this scenario. */
export function isProblemOf({ file }: ScenarioProblem, id: string): boolean {
  return file.split('/').at(-2) === id
}

/** Every scenario below the folders, and every problem found. A scenario with a problem is left out. */
export function loadScenarios(folders: string[] = [builtInScenarios]): {
  catalogue: Catalogue
  problems: ScenarioProblem[]
} {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true }).compile(
    JSON.parse(readFileSync(schemaFile, 'utf8')),
  )
  const found: Scenario[] = []
  const problems: ScenarioProblem[] = []
  for (const folder of folders) {
    if (!existsSync(folder)) {
      problems.push({ file: folder, line: 1, field: '', message: 'this folder of scenarios does not exist' })
      continue
    }
    for (const home of unfinished(folder)) {
      problems.push({ file: shown(join(home, 'scenario.yaml')), line: 1, field: '', message: 'this file is missing' })
    }
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const home = join(folder, entry.name)
      if (!entry.isDirectory() || !existsSync(join(home, 'scenario.yaml'))) continue
      const result = readScenario(home, validate)
      if (result.problems.length > 0) problems.push(...result.problems)
      else if (found.some((other) => other.id === result.scenario?.id)) {
        const file = shown(join(home, 'scenario.yaml'))
        problems.push({ file, line: 1, field: '/id', message: `another folder already has the scenario ${entry.name}` })
      } else if (result.scenario) found.push(result.scenario)
    }
  }
  found.sort((a, b) => a.level - b.level || a.title.localeCompare(b.title))
  return { catalogue: new Map(found.map((scenario) => [scenario.id, scenario])), problems }
}

/** Folders that have some files of a scenario, and not the one that makes it one. */
function unfinished(folder: string): string[] {
  const homes = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return homes
    .map(({ name }) => join(folder, name))
    .filter((home) => !existsSync(join(home, 'scenario.yaml')))
    .filter((home) => existsSync(join(home, 'brief.md')) || existsSync(join(home, 'solution.sh')))
}

type Validate = ((value: unknown) => boolean) & { errors?: ErrorObject[] | null }

function readScenario(home: string, validate: Validate): { scenario?: Scenario; problems: ScenarioProblem[] } {
  const path = join(home, 'scenario.yaml')
  const file = shown(path)
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false })
  // The first mistake in the writing has the others for its consequences.
  const problems: ScenarioProblem[] = document.errors.slice(0, 1).map((error) => ({
    file,
    line: lines.linePos(error.pos[0]).line,
    field: '',
    message: `${error.message}${error.code === 'TAB_AS_INDENT' ? ': use spaces' : ''}`,
  }))
  if (problems.length > 0) return { problems }

  const data = document.toJS() as Scenario
  const say = (field: string, message: string) =>
    problems.push({ file, line: lineOf(document, lines, field), field, message })
  // Each variant must be valid by itself; what is wrong in one is said once.
  for (const values of variantsIn(data)) {
    const variant = filled(data, values)
    if (!validate(variant)) {
      for (const { field, message } of explainErrors(validate.errors ?? [])) say(field || '/', message)
    }
    for (const name of unfilled(variant)) say('/variants', `a variant has no value for ${name}`)
    if (problems.length > 0) return { problems }
  }
  if (data.id !== basename(home)) say('/id', `must be the folder's name, ${basename(home)}`)
  const ids = data.checks.map((check) => check.id)
  for (const [index, id] of ids.entries()) {
    if (ids.indexOf(id) !== index) say(`/checks/${index}/id`, `another check is named ${id} already`)
  }
  for (const [field, message] of referenceProblems(filled(data, variantsIn(data)[0] ?? {}) as Scenario))
    say(field, message)
  if (unfilled(data.title).length > 0) say('/title', 'is the same for all variants')
  for (const [index, fault] of data.faults.entries()) {
    if (!('ops' in fault)) continue
    for (const [at, message] of untested(fault.ops)) say(`/faults/${index}/ops/${at}`, message)
  }
  const texts = { brief: '', debrief: '' }
  for (const name of ['brief', 'debrief'] as const) {
    const page = join(home, `${name}.md`)
    if (existsSync(page)) texts[name] = readFileSync(page, 'utf8').trim()
    else problems.push({ file: shown(page), line: 1, field: '', message: 'this file is missing' })
  }
  if (unfilled(texts.brief).length > 0) {
    const message = 'is the same for all variants, because it is read before one is picked'
    problems.push({ file: shown(join(home, 'brief.md')), line: 1, field: '', message })
  }
  // An incident may come as several tickets, with a line between them.
  const words = Math.max(...texts.brief.split(/^---$/m).map((ticket) => ticket.trim().split(/\s+/).length))
  if (words >= longestBrief) {
    problems.push({
      file: shown(join(home, 'brief.md')),
      line: 1,
      field: '',
      message: `has ${words} words; keep it under ${longestBrief}`,
    })
  }
  if (!existsSync(join(home, 'solution.sh'))) {
    problems.push({ file: shown(join(home, 'solution.sh')), line: 1, field: '', message: 'this file is missing' })
  }
  const invariants = { except: data.invariants?.except ?? [], images: data.invariants?.images ?? [] }
  return { scenario: { ...data, ...texts, invariants, holdSeconds: data.holdSeconds ?? 10, folder: home }, problems }
}

function variantsIn(data: { variants?: unknown } | null): VariantValues[] {
  const variants = data?.variants
  return Array.isArray(variants) && variants.length > 0 ? variants : [{}]
}

/** Changes that no `test` of the healthy value precedes, by index. An `add` of something new has nothing to test. */
function untested(ops: { op: string; path: string; from?: string }[]): [number, string][] {
  const tested = new Set<string>()
  const found: [number, string][] = []
  for (const [index, operation] of ops.entries()) {
    if (operation.op === 'test') tested.add(operation.path)
    const changed = operation.op === 'move' ? operation.from : operation.path
    const needsTest = operation.op === 'replace' || operation.op === 'remove' || operation.op === 'move'
    if (needsTest && changed && ![...tested].some((path) => path === changed || path.startsWith(`${changed}/`))) {
      found.push([index, `needs a test of the healthy value of ${changed} before it`])
    }
  }
  return found
}

/** A path as the author knows it: from where they are, when it is below. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}
