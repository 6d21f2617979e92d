// `lab verify`: the author's proof, as a table on the command line and as JSON for machines.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ConfigError, parseNetwork } from '../config.ts'
import { describeProblem, isProblemOf, loadScenarios, scenarioFolders } from '../lab/scenarios/load-scenarios.ts'
import { offeredScenarios } from '../lab/scenarios/offered-scenarios.ts'
import type { Catalogue } from '../lab/scenarios/scenario.ts'
import { mutantsOf } from '../lab/verify/mutate.ts'
import { verify as prove, type VerifyResult } from '../lab/verify/verify.ts'
import { openSandboxes } from '../sandboxes/open-sandboxes.ts'
import { interrupted } from './interrupt.ts'
import { compareResults, comparisonTable } from './verify-compare.ts'
import { parseVerify, type VerifyCommand, verifyHelp } from './verify-options.ts'
import { mutantLines, resetLine, verifyRow, verifyTable } from './verify-table.ts'
import { watchAndProve } from './verify-watch.ts'

/** Runs the proof; the exit code is 1 when anything was not proved. */
export async function verify(args: string[]): Promise<void> {
  const asked = parseVerify(args)
  if (!asked) {
    process.stdout.write(verifyHelp)
    return
  }
  const { catalogue, problems } = load()
  for (const problem of problems) process.stderr.write(`${describeProblem(problem)}\n`)
  const missing = asked.ids.find((id) => !catalogue.has(id))
  if (missing !== undefined) {
    const isWrong = problems.some((problem) => isProblemOf(problem, missing))
    const why = isWrong
      ? 'cannot be proved before its files are mended, see above'
      : 'is not there: see npm run lab -- scenarios'
    throw new ConfigError(`The scenario "${missing}" ${why}.`)
  }
  if (problems.length > 0) process.exitCode = 1
  // Read first: a proof takes long, and a file that is not there should not be found out at its end.
  const others = asked.compare === undefined ? undefined : await recorded(asked.compare)
  const results = asked.from === undefined ? await run(asked, catalogue) : await recorded(asked.from)
  if (others && asked.compare !== undefined) {
    const comparison = compareResults(results, others)
    process.stdout.write(`\n${comparisonTable(comparison, basename(asked.compare))}\n`)
    if (comparison.some(({ differing }) => differing.length > 0)) process.exitCode = 1
  }
  if (asked.mutate && !mutate(asked, catalogue, results)) process.exitCode = 1
}

const load = () => loadScenarios(scenarioFolders(process.env.LAB_SCENARIO_DIRS))

async function run(asked: VerifyCommand, catalogue: Catalogue): Promise<VerifyResult[]> {
  const { cluster, holdSeconds, parallel, speed } = asked
  const dataDir = await mkdtemp(join(tmpdir(), 'lab-verify-'))
  await chmod(dataDir, 0o711)
  const onLog = (line: string) => void process.stderr.write(`${line}\n`)
  // A name that stays: what an interrupted proof left in the cluster is found and removed by the next.
  const env: NodeJS.ProcessEnv = { LAB_INSTANCE: 'verify', ...process.env }
  const warmPool = cluster === 'embedded' ? 1 : 0
  const network = parseNetwork(env.LAB_NETWORK ?? 'auto')
  const provider = await openSandboxes(
    { cluster, kubeconfig: env.KUBECONFIG, network, dataDir, warmPool, speed },
    onLog,
    env,
  )
  const results: VerifyResult[] = []
  const startedMs = Date.now()
  let signal: NodeJS.Signals | undefined
  try {
    const { offered, withheld } = offeredScenarios(catalogue, provider)
    for (const line of withheld) onLog(line)
    const ids = asked.ids.filter((id) => offered.has(id))
    if (asked.ids.length > 0 && ids.length === 0) throw new ConfigError('None of these scenarios can run here.')
    const options = {
      provider,
      catalogue: offered,
      warmPool: provider.warmPool,
      holdSeconds,
      speed,
      parallel,
      brief: asked.brief,
      onProblem(error: unknown) {
        // What is under way when its sandbox is taken away has nothing to tell.
        if (!signal) onLog(error instanceof Error ? error.message : String(error))
      },
      onResult(result: VerifyResult) {
        results.push(result)
        process.stdout.write(verifyRow(result))
      },
    }
    if (asked.watch) await watchAndProve(options, { ids, load })
    else {
      const proof = prove({ ...options, ids, ...(asked.only !== undefined && { only: asked.only }) })
      signal = await Promise.race([proof.then(() => undefined), interrupted()])
      if (signal) onLog('Interrupted: ending the sandboxes …')
    }
  } finally {
    await provider.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  // What an interruption leaves is kept too; what was under way would only report that its sandbox is gone.
  if (asked.json && !asked.watch) await writeFile(asked.json, `${JSON.stringify(results, null, 2)}\n`)
  if (signal) process.exit(128 + constants.signals[signal])
  if (asked.watch) return results
  const failed = results.filter((result) => !result.ok)
  const again = results.filter(({ firstTry }) => firstTry !== undefined)
  const seconds = (Date.now() - startedMs) / 1000
  process.stdout.write(`\n${verifyTable(results)}\n`)
  process.stdout.write(
    `\n${results.length - failed.length} of ${results.length} statements proved in ${seconds.toFixed(0)} s, ${again.length} of them at the second try; ${parallel} scenarios at a time, clocks ${speed} times as fast as life.\n${resetLine(results)}`,
  )
  if (failed.length > 0) process.exitCode = 1
  return results
}

async function recorded(file: string): Promise<VerifyResult[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as VerifyResult[]
  } catch (error) {
    throw new ConfigError(`${file} is not what verify --json writes: ${(error as Error).message}`)
  }
}

/** Prints which conditions nobody would miss; true when there are none. */
function mutate({ ids }: VerifyCommand, catalogue: Catalogue, results: readonly VerifyResult[]): boolean {
  const scenarios = [...catalogue.values()].filter(({ id }) => ids.length === 0 || ids.includes(id))
  const witnesses = results.flatMap(({ evidence, ...result }) => (evidence ? [{ ...result, evidence }] : []))
  const mutants = mutantsOf(scenarios, witnesses)
  // A few scenarios need not use every kind of check, nor refuse every kind of wrong fix.
  const judged = ids.length === 0 ? mutants : mutants.filter(({ name }) => / of /.test(name))
  process.stdout.write(mutantLines(judged))
  return judged.every(({ killedBy }) => killedBy.length > 0)
}
