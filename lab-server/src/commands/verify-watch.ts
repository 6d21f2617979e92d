// `lab verify --watch`: while an author writes, whatever changes is linted at once and proved again, in sandboxes
// that stay warm.
import { type FSWatcher, watch } from 'node:fs'
import { relative } from 'node:path'
import { lintScenario } from '../lab/scenarios/lint-scenario.ts'
import { describeProblem, type ScenarioProblem } from '../lab/scenarios/load-scenarios.ts'
import type { Catalogue } from '../lab/scenarios/scenario.ts'
import { startProver, type VerifyOptions } from '../lab/verify/verify.ts'
import { interrupted } from './interrupt.ts'

/** Editors write a file in several steps. */
const quietMs = 150

/** Proves these scenarios, then again what their author changes, until interrupted. */
export async function watchAndProve(
  options: Omit<VerifyOptions, 'ids' | 'only'>,
  { ids, load }: { ids: readonly string[]; load(): { catalogue: Catalogue; problems: ScenarioProblem[] } },
): Promise<void> {
  const prover = await startProver(options)
  const watchers: FSWatcher[] = []
  const changed = new Map<string, Set<string>>()
  let timer: NodeJS.Timeout | undefined
  let work = Promise.resolve()

  const proveAgain = async () => {
    const asked = [...changed]
    changed.clear()
    const { catalogue, problems } = load()
    for (const [id, files] of asked) {
      const scenario = catalogue.get(id)
      const own = problems.filter(({ file }) => file.includes(`${id}/`))
      const found = [...own, ...(scenario ? lintScenario(scenario) : [])]
      for (const problem of found) process.stdout.write(`${describeProblem(problem)}\n`)
      process.stdout.write(`${[...files].join(', ')}: ${found.length} problems\n`)
      if (!scenario || own.length > 0) continue
      const isAsked = stepsTouchedBy([...files])
      if (isAsked) await prover.prove(catalogue, [id], isAsked)
    }
    process.stdout.write('Waiting for the next change; Ctrl-C ends.\n')
  }
  const schedule = (id: string, file: string) => {
    changed.set(id, (changed.get(id) ?? new Set()).add(file))
    clearTimeout(timer)
    timer = setTimeout(() => {
      work = work.then(proveAgain).catch((error) => void process.stderr.write(`${error.message}\n`))
    }, quietMs)
  }

  for (const id of ids) {
    const folder = options.catalogue.get(id)?.folder
    if (folder === undefined) continue
    watchers.push(watch(folder, { recursive: true }, (_, file) => schedule(id, file ? relative('.', file) : '.')))
    schedule(id, 'scenario.yaml')
  }
  await interrupted()
  clearTimeout(timer)
  for (const watcher of watchers) watcher.close()
  await Promise.all([prover.stop(), work])
}

/** Which steps the changed files decide; undefined where none: texts are linted, not run. */
export function stepsTouchedBy(files: readonly string[]): ((step: string) => boolean) | undefined {
  const scripts = files.flatMap((file) => {
    if (file === 'solution.sh') return ['the solution solves it']
    const [, folder, name] = /^(also|wrong)-fixes\/(.+)\.sh$/.exec(file) ?? []
    if (name === undefined) return []
    return [folder === 'also' ? `also accepted: ${name}` : `refused: ${name}`]
  })
  if (files.includes('scenario.yaml')) return () => true
  if (scripts.length === 0) return undefined
  return (step) => scripts.includes(step)
}
