// The author's proof: a scenario breaks the application, doing nothing earns nothing, its solution and every
// declared alternative repair it in full, and every known wrong fix is refused by name.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Attempt } from '../contract/attempts.ts'
import type { ClusterEvent } from '../contract/events.ts'
import { makeMemoryStore } from './attempt-store.ts'
import { startLab } from './attempts.ts'
import type { Lab, Person } from './lab.ts'
import type { SandboxProvider } from './sandbox.ts'
import type { Catalogue, Scenario, Signal } from './scenarios/scenario.ts'
import { fillText, variantOf, variantValues } from './scenarios/variants.ts'

export interface VerifyOptions {
  provider: SandboxProvider
  catalogue: Catalogue
  /** Which scenarios; all when empty. */
  ids?: readonly string[]
  /** Healthy sandboxes ahead of need. */
  warmPool?: number
  /** Seconds of the hold window in place of the scenarios' own, to be quicker. */
  holdSeconds?: number
  /** Only the steps whose name contains this text. */
  only?: string
  /** Only the first variant of each scenario. */
  firstVariant?: boolean
  /** Attempts at a time: an attempt mostly waits. */
  parallel?: number
  onResult(result: VerifyResult): void
  onProblem?(error: unknown): void
}

/** One proved or disproved statement. */
export interface VerifyResult {
  scenarioId: string
  step: string
  /** The values of the variant; empty where there are none. */
  variant: string
  ok: boolean
  detail: string
  seconds: number
}

/** The lab, and how scripts are read where it runs. */
type Bench = Lab &
  Pick<SandboxProvider, 'localise'> & {
    /** A script of the scenario with the values of the attempt's variant. */
    read(text: string, attempt: Pick<Attempt, 'scenarioId' | 'seed'>): string
  }
type Step = (attempt: Attempt) => Promise<string>

const author: Person = { id: 'author', role: 'instructor', name: 'Author' }
const prepareTimeoutMs = 240_000
const solveTimeoutMs = 150_000
const refuseTimeoutMs = 60_000
const scriptTimeoutMs = 180_000
const pollMs = 200
const settleMs = 15_000

/** Runs every proof, some at a time; true when all of them hold. */
export async function verify(options: VerifyOptions): Promise<boolean> {
  const ids = options.ids?.length ? options.ids : [...options.catalogue.keys()]
  const unknown = ids.filter((id) => !options.catalogue.has(id))
  if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')}.`)
  const running = await startLab({
    provider: options.provider,
    store: makeMemoryStore(),
    catalogue: options.catalogue,
    warmPool: options.warmPool ?? 1,
    holdSeconds: options.holdSeconds,
    appUrlOf: (id) => `http://${id}.app.localhost/`,
    onProblem: options.onProblem ?? (() => {}),
  })
  const lab: Bench = {
    ...running,
    localise: options.provider.localise,
    read: (text, { scenarioId, seed }) => fillText(text, variantValues(options.catalogue.get(scenarioId) ?? {}, seed)),
  }
  let allOk = true
  const tasks: (() => Promise<VerifyResult>)[] = []
  for (const id of ids) {
    const scenario = options.catalogue.get(id)
    if (!scenario) continue
    const count = options.firstVariant ? 1 : (scenario.variants?.length ?? 1)
    for (let seed = 0; seed < count; seed++) {
      const holdSeconds = options.holdSeconds ?? scenario.holdSeconds
      for (const [step, prove] of await stepsOf(lab, variantOf(scenario, seed), holdSeconds)) {
        // The scripts of alternatives and wrong fixes are proved with the first: variants differ in values only.
        if (seed > 0 && (step.startsWith('also') || step.startsWith('refused'))) continue
        if (!options.only || step.includes(options.only)) {
          tasks.push(() => runStep(lab, { scenario, seed, step, prove }))
        }
      }
    }
  }
  const work = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const result = await task()
      options.onResult(result)
      allOk &&= result.ok
    }
  }
  try {
    await Promise.all(Array.from({ length: options.parallel ?? 1 }, work))
  } finally {
    await lab.stop()
  }
  return allOk
}

async function runStep(
  lab: Bench,
  { scenario, seed, step, prove }: { scenario: Scenario; seed: number; step: string; prove: Step },
): Promise<VerifyResult> {
  const scenarioId = scenario.id
  const variant = Object.values(variantValues(scenario, seed)).join(' ')
  const result = { scenarioId, step, variant }
  const startedMs = Date.now()
  let attempt: Attempt | undefined
  try {
    attempt = await broken(lab, (await lab.start(author, { scenarioId, seed })).id)
    const detail = await prove(attempt)
    return { ...result, ok: true, detail, seconds: since(startedMs) }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { ...result, ok: false, detail, seconds: since(startedMs) }
  } finally {
    if (attempt) await lab.end(author, attempt.id)
  }
}

async function stepsOf(lab: Bench, scenario: Scenario, holdSeconds: number): Promise<[string, Step][]> {
  const { folder } = scenario
  const also = await scriptsIn(join(folder, 'also-fixes'))
  const wrong = await scriptsIn(join(folder, 'wrong-fixes'))
  const repair = (script: string) => (attempt: Attempt) => repaired(lab, attempt, script)
  return [
    ['doing nothing earns nothing', (attempt) => nothing(lab, attempt, scenario)],
    [
      'the solution solves it, and again after a reset',
      (attempt) => solvedTwice(lab, attempt, join(folder, 'solution.sh')),
    ],
    ...also.map((script): [string, Step] => [`also accepted: ${basename(script, '.sh')}`, repair(script)]),
    ...wrong.map((script): [string, Step] => [
      `refused: ${basename(script, '.sh')}`,
      (attempt) => refused(lab, attempt, { script, holdSeconds }),
    ]),
  ]
}

async function nothing(lab: Bench, { id }: Attempt, scenario: Scenario): Promise<string> {
  // Long enough for what only the injection itself disturbed to come back.
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const attempt = await lab.check(author, id)
  if (attempt.state !== 'broken') throw new Error(`the attempt is ${attempt.state} though nothing was done`)
  if (attempt.score.points !== 0) throw new Error(`doing nothing earns ${attempt.score.points} points`)
  const missing = missingSignals(lab, id, scenario)
  if (missing.length > 0) throw new Error(`no event says ${missing.join(', nor ')}`)
  const red = attempt.checks.filter((check) => check.status === 'failed').map((check) => check.id)
  return `red: ${red.join(', ')}`
}

/** Declared signals that no event of the cluster has given. */
function missingSignals(lab: Bench, id: string, { signals = [] }: Scenario): string[] {
  const events: ClusterEvent[] = []
  lab.subscribe(author, id, (event) => {
    if (event.type === 'clusterEvents') events.push(...event.events)
  })()
  const isSeen = ({ reason, message = '' }: Signal) =>
    events.some((event) => event.reason === reason && event.message.includes(message))
  return signals.filter((signal) => !isSeen(signal)).map(({ reason, message }) => `${reason} (${message ?? 'any'})`)
}

async function solvedTwice(lab: Bench, attempt: Attempt, script: string): Promise<string> {
  const first = await repaired(lab, attempt, script)
  const startedMs = Date.now()
  await lab.reset(author, attempt.id)
  await broken(lab, attempt.id)
  const resetSeconds = since(startedMs)
  const again = await repaired(lab, attempt, script)
  return `${first}; reset in ${resetSeconds} s; ${again}`
}

async function repaired(lab: Bench, { id }: Attempt, script: string): Promise<string> {
  const startedMs = Date.now()
  await runScript(lab, id, script)
  const attempt = await until(lab, id, solveTimeoutMs, (now) => now.state === 'solved').catch(async () => {
    throw new Error(`not solved ${solveTimeoutMs / 1000} s after the repair: ${openResults(await lab.get(author, id))}`)
  })
  if (attempt.score.points !== attempt.score.max) {
    throw new Error(`solved with ${attempt.score.points} of ${attempt.score.max} points`)
  }
  return `solved in ${since(startedMs)} s`
}

async function refused(
  lab: Bench,
  { id, scenarioId, seed }: Attempt,
  { script, holdSeconds }: { script: string; holdSeconds: number },
): Promise<string> {
  const text = lab.read(await readFile(script, 'utf8'), { scenarioId, seed })
  const reason = refusalOf(text)
  if (!reason) throw new Error('the first comment does not say why: # Refused: …')
  await runScript(lab, id, script)
  const isNamed = (now: Attempt) => failures(now).some((observed) => observed.includes(reason))
  await until(lab, id, refuseTimeoutMs, isNamed).catch(async () => {
    const now = await lab.get(author, id)
    throw new Error(`${now.state}, but nothing says "${reason}": ${openResults(now)}`)
  })
  // Longer than any window: a refusal that lets go later is none.
  await new Promise((resolve) => setTimeout(resolve, (holdSeconds + 3) * 1000))
  const after = await lab.check(author, id)
  if (after.state !== 'broken') throw new Error(`the wrong fix was accepted: ${after.state}`)
  if (!isNamed(after)) throw new Error(`no longer says "${reason}": ${openResults(after)}`)
  const earns = /^# Earns: (\d+)$/m.exec(text)?.[1]
  if (earns !== undefined && after.score.points !== Number(earns)) {
    const lines = after.score.lines.map(({ label, points }) => `${label} ${points}`).join(', ')
    throw new Error(`earns ${after.score.points} points instead of ${earns}: ${lines}`)
  }
  return earns === undefined ? reason : `${reason} (earns ${earns})`
}

/** The text after `# Refused:` in a script's first comment. */
export function refusalOf(script: string): string | undefined {
  return /^# Refused: (.+)$/m.exec(script)?.[1]?.trim()
}

function failures(attempt: Attempt): string[] {
  return [...attempt.checks, ...attempt.invariants]
    .filter((result) => result.status === 'failed')
    .map((result) => result.observed)
}

function openResults(attempt: Attempt): string {
  if (attempt.problem) return attempt.problem
  const open = [...attempt.checks, ...attempt.invariants].filter((result) => result.status !== 'passed')
  return open.map((result) => `${result.id} ${result.status} (${result.observed})`).join('; ')
}

async function broken(lab: Bench, id: string): Promise<Attempt> {
  const attempt = await until(lab, id, prepareTimeoutMs, (now) => now.state !== 'preparing')
  if (attempt.state === 'broken') return attempt
  throw new Error(`could not be prepared: ${attempt.problem ?? attempt.state}`)
}

async function until(
  lab: Bench,
  id: string,
  timeoutMs: number,
  isThere: (attempt: Attempt) => boolean,
): Promise<Attempt> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const attempt = await lab.get(author, id)
    if (isThere(attempt)) return attempt
    if (Date.now() > deadline) throw new Error(`did not happen within ${timeoutMs / 1000} s: ${openResults(attempt)}`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** Runs a script as a student would: plain kubectl with the student's kubeconfig. */
async function runScript(lab: Bench, id: string, script: string): Promise<void> {
  const attempt = await lab.get(author, id)
  const home = await mkdtemp(join(tmpdir(), 'verify-'))
  try {
    const kubeconfig = join(home, 'kubeconfig')
    await writeFile(kubeconfig, await lab.kubeconfig(author, id), { mode: 0o600 })
    const text = lab.read(await readFile(script, 'utf8'), attempt)
    const local = join(home, basename(script))
    await writeFile(local, lab.localise?.(text, attempt.namespace) ?? text)
    const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfig, LANG: 'C.UTF-8' }
    await new Promise<void>((resolve, reject) => {
      execFile('sh', [local], { cwd: home, env, timeout: scriptTimeoutMs }, (error, stdout, stderr) => {
        if (!error) return resolve()
        const said = `${stdout}${stderr}`.trim().split('\n').slice(-5).join(' | ')
        reject(new Error(`${basename(script)} failed: ${said || error.message}`))
      })
    })
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function scriptsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.endsWith('.sh'))
    .sort()
    .map((name) => join(folder, name))
}

function since(startedMs: number): number {
  return Math.round((Date.now() - startedMs) / 100) / 10
}
