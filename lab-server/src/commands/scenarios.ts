// `lab scenarios`: the catalogue on the command line.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../config.ts'
import { describeProblem, loadScenarios } from '../lab/scenarios/load-scenarios.ts'

const help = `Usage: npm run lab -- scenarios [--json]

Lists the scenarios of the repository and of LAB_SCENARIO_DIRS. Mistakes in their files are reported with file, line and field.
`
const builtIn = join(fileURLToPath(new URL('../../..', import.meta.url)), 'scenarios')

/** Prints the list; exits with 1 when a scenario has a mistake. */
export async function scenarios(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help)
    return
  }
  const unknown = args.find((arg) => arg !== '--json')
  if (unknown !== undefined) throw new ConfigError(`There is no option "${unknown}".\n\n${help}`)
  const { catalogue, problems } = loadScenarios([
    builtIn,
    ...(process.env.LAB_SCENARIO_DIRS ?? '').split(':').filter(Boolean),
  ])
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
