// All proofs of one variant of a scenario, one after the other in one sandbox. Between two of them the attempt is
// reset, so that every proof is one of the reset as well: it has to lead back from whatever the script did.
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Attempt } from '../../contract/attempts.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { variantOf, variantValues } from '../scenarios/variants.ts'
import { author, type Bench, broken, runScript, since } from './bench.ts'
import { type Proof, type Proved, provesNothing, provesRefused, provesSolved } from './proofs.ts'
import { leftOut, provesHealthyAgain, provesWebServerRefused } from './standing-proofs.ts'
import type { VerifyResult } from './verify.ts'

export interface VariantProof {
  seed: number
  /** Only the first steps and the first wrong fix. */
  isBrief: boolean
  isAsked(step: string): boolean
  onResult(result: VerifyResult): void
}

/** Runs the proofs that are asked for; what goes wrong in one is its result. */
export async function proveVariant(
  bench: Bench,
  scenario: Scenario,
  { seed, isBrief, isAsked, onResult }: VariantProof,
): Promise<void> {
  const scenarioId = scenario.id
  const variant = Object.values(variantValues(scenario, seed)).join(' ')
  const all = await stepsOf(bench, variantOf(scenario, seed), seed)
  const steps = (isBrief ? brief(all) : all).filter(([step]) => isAsked(step))
  let attempt: Attempt | undefined
  // Where nothing was done, the next proof finds the fault as it was: it needs no reset.
  let isTouched = true
  const resets: number[] = []
  /** Runs the proof; what went wrong, as a text, or what was proved. */
  const tried = async (proof: Proof): Promise<Proved | string> => {
    try {
      if (!attempt) attempt = await brokenFirst(bench, scenario, seed)
      else if (isTouched) attempt = await brokenAgain(bench, attempt, { scenario, resets })
      isTouched = true
      const proved = await proof(attempt)
      isTouched = proved.evidence?.kind !== 'nothing'
      return proved
    } catch (error) {
      // The next proof shall not suffer from this one.
      if (attempt && !bench.ending.aborted) await bench.lab.end(author, attempt.id)
      attempt = undefined
      return error instanceof Error ? error.message : String(error)
    }
  }
  for (const [step, proof] of steps) {
    const startedMs = Date.now()
    const first = await tried(proof)
    // A busy machine may be too slow for a clock that runs faster than life; a defect fails again.
    const outcome = typeof first === 'string' && !bench.ending.aborted ? await tried(proof) : first
    if (bench.ending.aborted) return
    const result = { scenarioId, step, variant, seconds: since(startedMs) }
    if (typeof outcome === 'string') onResult({ ...result, ok: false, detail: outcome })
    else onResult({ ...result, ...outcome, ok: true, ...(typeof first === 'string' && { firstTry: first }) })
  }
  if (attempt) await bench.lab.end(author, attempt.id)
  if (resets.length === 0) return
  const detail = `${resets.length} resets, the longest ${Math.max(...resets)} s`
  onResult({ scenarioId, step: 'a reset leads back', variant, ok: true, detail, seconds: 0, resets })
}

/** Doing nothing, the solution and the first wrong fix. */
function brief(steps: [string, Proof][]): [string, Proof][] {
  return [...steps.slice(0, 2), ...steps.filter(([step]) => step.startsWith('refused: ')).slice(0, 1)]
}

/** A fresh attempt, broken; one that cannot be prepared is ended. */
async function brokenFirst(bench: Bench, scenario: Scenario, seed: number): Promise<Attempt> {
  const { id } = await bench.lab.start(author, { scenarioId: scenario.id, seed })
  return broken(bench, id, scenario).catch(async (error) => {
    await bench.lab.end(author, id)
    throw error
  })
}

/** The same attempt, reset; how long the way back to the healthy application took is added to `resets`. */
async function brokenAgain(
  bench: Bench,
  { id }: Attempt,
  { scenario, resets }: { scenario: Scenario; resets: number[] },
): Promise<Attempt> {
  await bench.lab.reset(author, id)
  const attempt = await broken(bench, id, scenario)
  const begun = attempt.stages.find(({ startedAt }) => startedAt)?.startedAt
  const fault = attempt.stages.find((stage) => stage.id === 'fault')?.startedAt
  if (begun && fault) resets.push(Math.round((Date.parse(fault) - Date.parse(begun)) / 100) / 10)
  return attempt
}

async function stepsOf(bench: Bench, scenario: Scenario, seed: number): Promise<[string, Proof][]> {
  const { folder } = scenario
  const solved = (script: string): Proof => {
    return (attempt) => provesSolved(bench, attempt, () => runScript(bench, attempt.id, script))
  }
  const solution = join(folder, 'solution.sh')
  const first: [string, Proof][] = [
    ['doing nothing earns nothing', (attempt) => provesNothing(bench, attempt, scenario)],
    ['the solution solves it', solved(solution)],
  ]
  // The scripts of alternatives and wrong fixes are proved with the first: variants differ in values only.
  if (seed > 0) return first
  const also = await scriptsIn(join(folder, 'also-fixes'))
  const wrong = await scriptsIn(join(folder, 'wrong-fixes'))
  const standing: [string, Proof][] = []
  if (!leftOut(scenario, 'healthyAgain')) {
    standing.push(['the healthy objects again solve it', (attempt) => provesHealthyAgain(bench, attempt)])
  }
  if (!leftOut(scenario, 'webServer')) {
    standing.push(['a web server instead is refused', (attempt) => provesWebServerRefused(bench, attempt)])
  }
  return [
    ...first,
    ...also.map((script): [string, Proof] => [`also accepted: ${basename(script, '.sh')}`, solved(script)]),
    ...wrong.map((script): [string, Proof] => [
      `refused: ${basename(script, '.sh')}`,
      (attempt) => provesRefused(bench, attempt, script),
    ]),
    ...standing,
    ['the solution solves it after resets too', solved(solution)],
  ]
}

async function scriptsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.endsWith('.sh'))
    .sort()
    .map((name) => join(folder, name))
}
