// `lab verify --watch`: while an author writes, whatever changes is linted at once and proved again, in sandboxes
// that stay warm.
import { existsSync, type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import { lintScenario } from '../lab/scenarios/lint-scenario.ts'
import { describeProblem, isProblemOf, type ScenarioProblem } from '../lab/scenarios/load-scenarios.ts'
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
  const watchers: { close(): void }[] = []
  const changed = new Map<string, Set<string>>()
  let timer: NodeJS.Timeout | undefined
  let work = Promise.resolve()

  /** Says at once what is wrong in the changed files, and queues the proof of what is not. */
  const handleChanges = () => {
    const asked = [...changed]
    changed.clear()
    const { catalogue, problems } = load()
    for (const [id, files] of asked) {
      const scenario = catalogue.get(id)
      const own = problems.filter((problem) => isProblemOf(problem, id))
      const found = [...own, ...(scenario ? lintScenario(scenario) : [])]
      for (const problem of found) process.stdout.write(`${describeProblem(problem)}\n`)
      process.stdout.write(`${[...files].join(', ')}: ${found.length} problems\n`)
      const isAsked = stepsTouchedBy([...files])
      if (!scenario || own.length > 0 || !isAsked) continue
      work = work
        .then(() => prover.prove(catalogue, [id], isAsked))
        .then(() => void process.stdout.write('Waiting for the next change; Ctrl-C ends.\n'))
        .catch((error) => void process.stderr.write(`${error.message}\n`))
    }
  }
  const schedule = (id: string, file: string) => {
    changed.set(id, (changed.get(id) ?? new Set()).add(file))
    clearTimeout(timer)
    timer = setTimeout(() => {
      try {
        handleChanges()
      } catch (error) {
        process.stderr.write(`${(error as Error).message}\n`)
      }
    }, quietMs)
  }

  for (const id of ids) {
    const folder = options.catalogue.get(id)?.folder
    if (folder === undefined) continue
    watchers.push(watchFolder(folder, (file) => schedule(id, file)))
    schedule(id, 'scenario.yaml')
  }
  await interrupted()
  clearTimeout(timer)
  for (const watcher of watchers) watcher.close()
  await Promise.all([prover.stop(), work])
}

const scriptFolders = ['also-fixes', 'wrong-fixes']

/**
 * Follows the files of a scenario. Folder by folder: editors write a new file and rename it, and a watch of the old file
 * (which is what a recursive watch comes to) hears nothing of the second time.
 */
export function watchFolder(folder: string, onChange: (file: string) => void): { close(): void } {
  const watchers = new Map<string, FSWatcher>()
  const follow = (inside: string) => {
    const place = join(folder, inside)
    if (watchers.has(inside) || !existsSync(place)) return
    const watcher = watch(place, (_, name) => {
      const file = join(inside, name ?? '')
      if (scriptFolders.includes(file)) follow(file)
      if (/\.(yaml|md|sh)$/.test(file)) onChange(file)
    })
    watchers.set(inside, watcher)
  }
  for (const inside of ['', ...scriptFolders]) follow(inside)
  return {
    close() {
      for (const watcher of watchers.values()) watcher.close()
    },
  }
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
