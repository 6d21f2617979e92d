// The statements that are proved of a scenario: each is a function that does something to a broken attempt and
// rejects when the lab does not judge it as it should.
import { readFile } from 'node:fs/promises'
import type { Attempt } from '../../contract/attempts.ts'
import type { Scenario, Signal } from '../scenarios/scenario.ts'
import { author, type Bench, biteTimeoutMs, failures, openResults, pass, runScript, since, until } from './bench.ts'
import type { Evidence } from './evidence.ts'

/** What a proof has to say: in words, and what it rests on. */
export interface Proved {
  detail: string
  evidence?: Evidence
}
export type Proof = (attempt: Attempt) => Promise<Proved>

const solveTimeoutMs = 150_000
const refuseTimeoutMs = 60_000
const settleSeconds = 15
/** In a namespace of somebody's cluster the lab's quota, and the student's rights, forbid what an embedded one lets pass. */
const clusterRefusal = /exceeded quota: taskmaster-lab, .*|is attempting to grant RBAC permissions not currently held/
/** How long the cluster may take to say what the fault has done. */
const signalTimeoutMs = 60_000

/** Doing nothing earns nothing, the declared signals are seen, and every check that is no guard is red. */
export async function provesNothing(bench: Bench, { id }: Attempt, scenario: Scenario): Promise<Proved> {
  await seen(bench, id, scenario)
  // Long enough for what only the injection itself disturbed to come back.
  await pass(bench, settleSeconds)
  await bench.lab.check(author, id)
  // What comes and goes may be there just now, with its points.
  const isThere = ({ state, score }: Attempt) => state !== 'broken' || score.points === 0
  const attempt = await until(bench, id, { timeoutMs: biteTimeoutMs, isThere }).catch(() => bench.lab.get(author, id))
  if (attempt.state !== 'broken') throw new Error(`the attempt is ${attempt.state} though nothing was done`)
  if (attempt.score.points !== 0) throw new Error(`doing nothing earns ${attempt.score.points} points`)
  const { redChecks: red } = await bench.recordOf(id)
  const green = scenario.checks.filter(({ id: check, guard }) => !guard && !red.includes(check))
  if (green.length > 0) {
    const names = green.map((check) => check.id).join(', ')
    throw new Error(
      `green before the repair: ${names}. Such a check earns nothing; mark it guard: true, or take it out`,
    )
  }
  return { detail: `red: ${red.join(', ')}`, evidence: { kind: 'nothing', red } }
}

/** Resolves when events of the cluster have given every declared signal. */
async function seen({ lab }: Bench, id: string, { signals = [] }: Scenario): Promise<void> {
  const missing = new Set<Signal>(signals)
  let tell = () => {}
  const all = new Promise<void>((resolve) => {
    tell = resolve
  })
  const forget = lab.subscribe(author, id, (event) => {
    if (event.type !== 'clusterEvents') return
    for (const { reason, message } of event.events) {
      for (const signal of missing) {
        if (signal.reason === reason && message.includes(signal.message ?? '')) missing.delete(signal)
      }
    }
    if (missing.size === 0) tell()
  })
  if (missing.size === 0) tell()
  const timer = setTimeout(() => tell(), signalTimeoutMs)
  await all
  clearTimeout(timer)
  forget()
  if (missing.size === 0) return
  const names = [...missing].map(({ reason, message }) => `${reason} (${message ?? 'any'})`)
  throw new Error(`no event says ${names.join(', nor ')} within ${signalTimeoutMs / 1000} s`)
}

/** What was done to the attempt solves it with all points. */
export async function provesSolved(bench: Bench, { id }: Attempt, repair: () => Promise<void>): Promise<Proved> {
  const startedMs = Date.now()
  await repair()
  const isThere = (now: Attempt) => now.state === 'solved'
  const attempt = await until(bench, id, { timeoutMs: solveTimeoutMs, isThere }).catch(async () => {
    const open = openResults(await bench.lab.get(author, id))
    throw new Error(`not solved ${solveTimeoutMs / 1000} s after the repair: ${open}`)
  })
  if (attempt.score.points !== attempt.score.max) {
    const lines = attempt.score.lines.map(({ label, points }) => `${label} ${points}`).join(', ')
    throw new Error(`solved with ${attempt.score.points} of ${attempt.score.max} points: ${lines}`)
  }
  const earning = attempt.score.lines.map(({ label }) => label)
  return { detail: `solved in ${since(startedMs)} s`, evidence: { kind: 'solved', earning } }
}

/** A script of `wrong-fixes/` is refused with its words, stays refused, and earns what it says. */
export async function provesRefused(bench: Bench, attempt: Attempt, script: string): Promise<Proved> {
  const written = bench.read(await readFile(script, 'utf8'), attempt)
  // The lab names hosts and namespaces as they are where the attempt runs.
  const text = bench.localise?.(written, attempt.namespace) ?? written
  const reason = refusalOf(text)
  const earns = earningsOf(text)
  if (!reason && earns === undefined) throw new Error('the first comment does not say why: # Refused: …')
  const act = () => runScript(bench, attempt.id, script)
  return provesStaysBroken(bench, attempt, { reason: reason ?? '', earns, act }).catch(async (error: Error) => {
    const [refusal] = (bench.localise && clusterRefusal.exec(error.message)) ?? []
    const { state } = await bench.lab.check(author, attempt.id)
    if (refusal === undefined || state !== 'broken') throw error
    return { detail: `the cluster itself refuses it: ${refusal}` }
  })
}

/** After `act` the attempt stays broken, and something that failed says `reason`. */
export async function provesStaysBroken(
  bench: Bench,
  { id, scenarioId }: Attempt,
  { reason, earns, act }: { reason: string; earns?: number | undefined; act: () => Promise<void> },
): Promise<Proved> {
  const holdSeconds = bench.holdSecondsOf(scenarioId)
  let hasHeld = false
  const forget = bench.lab.subscribe(author, id, (event) => {
    if (event.type === 'checks' && event.holding) hasHeld = true
  })
  await act()
  const isNamed = (now: Attempt) => failures(now).some(({ observed }) => observed.includes(reason))
  await until(bench, id, { timeoutMs: refuseTimeoutMs, isThere: isNamed }).catch(async () => {
    const now = await bench.lab.get(author, id)
    throw new Error(`${now.state}, but nothing says "${reason}": ${openResults(now)}`)
  })
  if (earns !== undefined)
    await until(bench, id, { timeoutMs: refuseTimeoutMs, isThere: (now) => now.score.points === earns }).catch(() => {})
  // Longer than any window: a refusal that lets go later is none.
  await pass(bench, holdSeconds + 3)
  const after = await bench.lab.check(author, id)
  forget()
  if (after.state !== 'broken') throw new Error(`the wrong fix was accepted: ${after.state}`)
  if (!isNamed(after)) throw new Error(`no longer says "${reason}": ${openResults(after)}`)
  if (earns !== undefined && after.score.points !== earns) {
    const lines = after.score.lines.map(({ label, points }) => `${label} ${points}`).join(', ')
    throw new Error(`earns ${after.score.points} points instead of ${earns}: ${lines}`)
  }
  const failing = failures(after).map(({ id: name, observed }) => ({ id: name, observed }))
  const detail = earns === undefined ? reason : `${reason} (earns ${earns})`
  return { detail, evidence: { kind: 'refused', reason, failing, hasHeld } }
}

/** The text after `# Refused:` in a script's first comment. */
export function refusalOf(script: string): string | undefined {
  return /^# Refused: (.+)$/m.exec(script)?.[1]?.trim()
}

/** The points after `# Earns:`: what a repair of only a part is worth. */
export function earningsOf(script: string): number | undefined {
  const text = /^# Earns: (\d+)$/m.exec(script)?.[1]
  return text === undefined ? undefined : Number(text)
}
