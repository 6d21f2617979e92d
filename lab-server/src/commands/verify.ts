// `lab verify`: the author's proof, as a table on the command line and as JSON for machines.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ConfigError, parseNetwork } from '../config.ts'
import { describeProblem, loadScenarios } from '../lab/scenarios/load-scenarios.ts'
import { offeredScenarios } from '../lab/scenarios/offered-scenarios.ts'
import { verify as prove, type VerifyResult } from '../lab/verify.ts'
import { openSandboxes } from '../sandboxes/open-sandboxes.ts'
import { verifyTable } from './verify-table.ts'

const help = `Usage: npm run lab -- verify [ID …] [OPTIONS]

Proves scenarios on embedded clusters: each breaks the application, doing nothing earns nothing, the solution and every
alternative repair it, every known wrong fix is refused by name, and a reset leads back. With LAB_CLUSTER=kubeconfig and
KUBECONFIG it proves the same in namespaces of that cluster, with the settings of serve.

  --hold SECONDS  hold window in place of the scenarios' own (2)
  --only TEXT     only the steps whose name contains this
  --parallel N    attempts at a time (1 for each core, and one more; 1 on a cluster of others)
  --json FILE     write the results there
`
const builtIn = join(fileURLToPath(new URL('../../..', import.meta.url)), 'scenarios')
const options = {
  hold: { type: 'string' },
  only: { type: 'string' },
  json: { type: 'string' },
  parallel: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n\n${help}`)
  }
}

/** Runs the proof; the exit code is 1 when anything was not proved. */
export async function verify(args: string[]): Promise<void> {
  const { values, positionals } = parse(args)
  if (values.help) {
    process.stdout.write(help)
    return
  }
  const holdSeconds = Number(values.hold ?? 2)
  if (!(holdSeconds >= 1 && holdSeconds <= 600))
    throw new ConfigError(`--hold must be a number of seconds from 1 to 600, not "${values.hold}".`)
  const cluster = process.env.LAB_CLUSTER === 'kubeconfig' ? 'kubeconfig' : 'embedded'
  // Somebody's cluster may have room for one application at a time.
  const usual = cluster === 'embedded' ? availableParallelism() + 1 : 1
  const parallel = Number(values.parallel ?? usual)
  if (!(Number.isInteger(parallel) && parallel >= 1 && parallel <= 32))
    throw new ConfigError(`--parallel must be a whole number from 1 to 32, not "${values.parallel}".`)
  const { catalogue, problems } = loadScenarios([
    builtIn,
    ...(process.env.LAB_SCENARIO_DIRS ?? '').split(':').filter(Boolean),
  ])
  for (const problem of problems) process.stderr.write(`${describeProblem(problem)}\n`)
  const missing = positionals.find((id) => !catalogue.has(id))
  if (missing !== undefined) throw new ConfigError(`There is no scenario "${missing}". See npm run lab -- scenarios.`)

  const dataDir = await mkdtemp(join(tmpdir(), 'lab-verify-'))
  await chmod(dataDir, 0o711)
  const onLog = (line: string) => void process.stderr.write(`${line}\n`)
  // A name that stays: what an interrupted proof left in the cluster is found and removed by the next.
  const env: NodeJS.ProcessEnv = { LAB_INSTANCE: 'verify', ...process.env }
  const warmPool = cluster === 'embedded' ? 1 : 0
  const network = parseNetwork(env.LAB_NETWORK ?? 'auto')
  const provider = await openSandboxes({ cluster, kubeconfig: env.KUBECONFIG, network, dataDir, warmPool }, onLog, env)
  const { offered, withheld } = offeredScenarios(catalogue, provider.has)
  for (const line of withheld) onLog(line)
  const ids = positionals.filter((id) => offered.has(id))
  if (positionals.length > 0 && ids.length === 0) {
    await provider.stop()
    throw new ConfigError('None of these scenarios can run here.')
  }
  const startedMs = Date.now()
  const results: VerifyResult[] = []
  try {
    await prove({
      provider,
      catalogue: offered,
      ids,
      warmPool: provider.warmPool,
      onProblem: (error) => onLog(error instanceof Error ? error.message : String(error)),
      holdSeconds,
      parallel,
      ...(values.only === undefined ? {} : { only: values.only }),
      onResult(result) {
        results.push(result)
        process.stdout.write(row(result))
      },
    })
  } finally {
    await provider.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`)
  const failed = results.filter((result) => !result.ok)
  const seconds = (Date.now() - startedMs) / 1000
  process.stdout.write(`\n${verifyTable(results)}\n`)
  process.stdout.write(
    `\n${results.length - failed.length} of ${results.length} statements proved in ${seconds.toFixed(0)} s, ${parallel} at a time.\n`,
  )
  if (failed.length > 0 || problems.length > 0) process.exitCode = 1
}

const row = ({ scenarioId, step, variant, ok, detail, seconds }: VerifyResult) =>
  `${ok ? '●' : '✕'} ${scenarioId.padEnd(28)} ${(variant ? `${step} [${variant.split(' ')[0]}]` : step).padEnd(48)} ${seconds.toFixed(1).padStart(6)} s  ${ok ? '' : detail}\n`
