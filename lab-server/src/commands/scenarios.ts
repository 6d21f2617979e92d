// `lab scenarios`: the catalogue on the command line.
import { join, relative, resolve } from 'node:path'
import { ConfigError } from '../config.ts'
import { composeIncident } from '../lab/scenarios/compose/compose-incident.ts'
import { incidentFiles } from '../lab/scenarios/compose/write-incident.ts'
import { lintScenario } from '../lab/scenarios/lint-scenario.ts'
import {
  builtInScenarios,
  describeProblem,
  isProblemOf,
  loadScenarios,
  scenarioFolders,
  schemaFile,
} from '../lab/scenarios/load-scenarios.ts'
import { writeNewScenario, writeScenarioFolder } from '../lab/scenarios/new-scenario.ts'
import { summarise } from '../lab/scenarios/summarise.ts'
import { readNumber, readOptions } from './read-options.ts'

const help = `Usage: npm run lab -- scenarios [--json]
       npm run lab -- scenarios new ID [--in FOLDER]
       npm run lab -- scenarios lint [ID …]
       npm run lab -- scenarios compose --seed N [--faults K] [--in FOLDER]

Lists the scenarios of the repository and of LAB_SCENARIO_DIRS. Mistakes in their files are reported with file, line and field.

  new   makes the folder of a scenario that proves green as it stands; change it from there
  lint  finds what a proof would find late or never: patches that the API server refuses, hints and briefs that give
        too much away, scripts that do not say what they show
  compose  makes an incident of K faults (2) of the library that do not hide each other: the same seed, the same incident
`

/** Prints the list; exits with 1 when a scenario has a mistake. */
export async function scenarios(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help)
    return
  }
  const [first, ...rest] = args
  if (first === 'new') return makeNew(rest)
  if (first === 'lint') return lint(rest)
  if (first === 'compose') return compose(rest)
  const unknown = args.find((arg) => arg !== '--json')
  if (unknown !== undefined) throw new ConfigError(`There is no option "${unknown}".\n\n${help}`)
  const { catalogue, problems } = loadScenarios(scenarioFolders(process.env.LAB_SCENARIO_DIRS))
  const all = [...catalogue.values()].map(summarise)
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
  else {
    const width = Math.max(0, ...all.map(({ id }) => id.length))
    for (const { id, title, level, minutes, tags } of all) {
      process.stdout.write(
        `${id.padEnd(width)}  level ${level}  ${String(minutes).padStart(3)} min  ${title}  (${tags.join(', ')})\n`,
      )
    }
  }
  for (const problem of problems) process.stderr.write(`${describeProblem(problem)}\n`)
  if (problems.length > 0) process.exitCode = 1
}

function makeNew([id, flag, folder]: string[]): void {
  if (id === undefined || (flag !== undefined && (flag !== '--in' || folder === undefined))) throw new ConfigError(help)
  try {
    const parent = resolve(folder ?? builtInScenarios)
    const home = writeNewScenario(id, parent)
    process.stdout.write(`${home}\n${proveWith(id, parent)}`)
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

/** The command that proves a new scenario in this folder. */
function proveWith(id: string, parent: string): string {
  const where = parent === builtInScenarios ? '' : `LAB_SCENARIO_DIRS=${parent} `
  return `Prove it with: ${where}npm run lab -- verify ${id}\n`
}

function compose(args: string[]): void {
  const options = { seed: { type: 'string' }, faults: { type: 'string' }, in: { type: 'string' } } as const
  const { values } = readOptions(args, options, help)
  if (values.seed === undefined) throw new ConfigError('compose needs --seed N: the same seed makes the same incident.')
  const seed = readNumber('seed', values.seed, { least: 0, most: 2147483647, whole: true })
  const faults = readNumber('faults', values.faults ?? '2', { least: 2, most: 5, whole: true })
  const parts = composeIncident(loadScenarios().catalogue, { seed, faults })
  if (!parts) throw new ConfigError(`The library has no ${faults} faults that do not hide each other. Ask for fewer.`)
  const id = `incident-${seed}-of-${faults}`
  const parent = resolve(values.in ?? builtInScenarios)
  const home = join(parent, id)
  const files = incidentFiles({ id, seed, parts, schema: relative(home, schemaFile) })
  try {
    writeScenarioFolder(home, files)
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
  const names = parts.map(({ scenario, own }) => `  ${scenario.id}: ${own.map(({ id: check }) => check).join(', ')}\n`)
  process.stdout.write(`${home}\n${names.join('')}${proveWith(id, parent)}`)
}

function lint(ids: string[]): void {
  const { catalogue, problems } = loadScenarios(scenarioFolders(process.env.LAB_SCENARIO_DIRS))
  const missing = ids.find((id) => !catalogue.has(id) && !problems.some((problem) => isProblemOf(problem, id)))
  if (missing !== undefined) throw new ConfigError(`There is no scenario "${missing}". See npm run lab -- scenarios.`)
  const isAsked = (id: string) => ids.length === 0 || ids.includes(id)
  const chosen = [...catalogue.values()].filter(({ id }) => isAsked(id))
  const found = [...problems, ...chosen.flatMap(lintScenario)]
  for (const problem of found) process.stderr.write(`${describeProblem(problem)}\n`)
  process.stdout.write(`${chosen.length} scenarios, ${found.length} problems.\n`)
  if (found.length > 0) process.exitCode = 1
}
