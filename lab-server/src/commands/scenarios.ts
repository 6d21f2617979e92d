// `lab scenarios`: the catalogue on the command line.
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../config.ts'
import { lintScenario } from '../lab/scenarios/lint-scenario.ts'
import { describeProblem, loadScenarios } from '../lab/scenarios/load-scenarios.ts'
import { writeNewScenario } from '../lab/scenarios/new-scenario.ts'

const help = `Usage: npm run lab -- scenarios [--json]
       npm run lab -- scenarios new ID [--in FOLDER]
       npm run lab -- scenarios lint [ID …]

Lists the scenarios of the repository and of LAB_SCENARIO_DIRS. Mistakes in their files are reported with file, line and field.

  new   makes the folder of a scenario that proves green as it stands; change it from there
  lint  finds what a proof would find late or never: patches that the API server refuses, hints and briefs that give
        too much away, scripts that do not say what they show
`
const builtIn = join(fileURLToPath(new URL('../../..', import.meta.url)), 'scenarios')

/** Prints the list; exits with 1 when a scenario has a mistake. */
export async function scenarios(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help)
    return
  }
  const [first, ...rest] = args
  if (first === 'new') return makeNew(rest)
  if (first === 'lint') return lint(rest)
  const unknown = args.find((arg) => arg !== '--json')
  if (unknown !== undefined) throw new ConfigError(`There is no option "${unknown}".\n\n${help}`)
  const { catalogue, problems } = loadAll()
  const all = [...catalogue.values()].map(({ id, title, level, minutes, tags, domains }) => ({
    id,
    title,
    level,
    minutes,
    tags,
    domains,
  }))
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

function loadAll() {
  return loadScenarios([builtIn, ...(process.env.LAB_SCENARIO_DIRS ?? '').split(':').filter(Boolean)])
}

function makeNew([id, flag, folder]: string[]): void {
  if (id === undefined || (flag !== undefined && (flag !== '--in' || folder === undefined))) throw new ConfigError(help)
  try {
    const home = writeNewScenario(id, resolve(folder ?? builtIn))
    process.stdout.write(`${home}\nProve it with: npm run lab -- verify ${id}\n`)
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

function lint(ids: string[]): void {
  const { catalogue, problems } = loadAll()
  const missing = ids.find((id) => !catalogue.has(id) && !problems.some(({ file }) => file.includes(`${id}/`)))
  if (missing !== undefined) throw new ConfigError(`There is no scenario "${missing}". See npm run lab -- scenarios.`)
  const isAsked = (id: string) => ids.length === 0 || ids.includes(id)
  const chosen = [...catalogue.values()].filter(({ id }) => isAsked(id))
  const found = [...problems, ...chosen.flatMap(lintScenario)]
  for (const problem of found) process.stderr.write(`${describeProblem(problem)}\n`)
  process.stdout.write(`${chosen.length} scenarios, ${found.length} problems.\n`)
  if (found.length > 0) process.exitCode = 1
}
