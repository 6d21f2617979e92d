// What proofs work with: a lab of their own, its records, and scripts run as a student would run them.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Attempt, CheckResult } from '../../contract/attempts.ts'
import type { AttemptRecord } from '../attempt-record.ts'
import type { Lab, Person } from '../lab.ts'
import type { SandboxProvider } from '../sandbox.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { shortLived } from './short-lived.ts'

/** The lab, and what a proof needs beyond it. */
export interface Bench {
  lab: Lab
  /** Aborted when the proofs are to end: whatever waits for something rejects. */
  ending: AbortSignal
  /** How much faster than life the sandboxes' clocks run. */
  speed: number
  localise: SandboxProvider['localise']
  /** A script of the scenario with the values of the attempt's variant. */
  read(text: string, attempt: Pick<Attempt, 'scenarioId' | 'seed'>): string
  /** How long everything must hold in an attempt at this scenario. */
  holdSecondsOf(scenarioId: string): number
  /** The attempt as it is kept, baseline included. */
  recordOf(attemptId: string): Promise<AttemptRecord>
}

/** Who runs proofs. */
export const author: Person = { id: 'author', role: 'instructor', name: 'Author' }

const prepareTimeoutMs = 240_000
/** How long a fault may take, in real time, to turn everything red that it breaks. */
export const biteTimeoutMs = 60_000
const scriptTimeoutMs = 180_000
const pollMs = 150
/** The grader looks once a second, in real time, at what has no watch. */
const twoLooksMs = 2_000

/**
 * The attempt once it is broken and the fault has bitten everywhere; rejects when it could not be prepared. A script is
 * quicker than a student: what turns red only after its first change would earn nothing.
 */
export async function broken(bench: Bench, id: string, { checks }: Pick<Scenario, 'checks'>): Promise<Attempt> {
  const attempt = await until(bench, id, { timeoutMs: prepareTimeoutMs, isThere: (now) => now.state !== 'preparing' })
  if (attempt.state !== 'broken') throw new Error(`could not be prepared: ${attempt.problem ?? attempt.state}`)
  const earning = checks.filter(({ guard }) => !guard).map((check) => check.id)
  const deadline = Date.now() + biteTimeoutMs
  for (;;) {
    const { redChecks } = await bench.recordOf(id)
    // A check that stays green is what the first proof is about.
    if (earning.every((check) => redChecks.includes(check)) || Date.now() > deadline) return attempt
    bench.ending.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** The attempt as soon as it is as wanted. */
export async function until(
  { lab, ending }: Bench,
  id: string,
  { timeoutMs, isThere }: { timeoutMs: number; isThere: (attempt: Attempt) => boolean },
): Promise<Attempt> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const attempt = await lab.get(author, id)
    if (isThere(attempt)) return attempt
    ending.throwIfAborted()
    if (Date.now() > deadline) throw new Error(`did not happen within ${timeoutMs / 1000} s: ${openResults(attempt)}`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** Lets that much of the sandbox's time pass, and never less than the grader needs to look twice. */
export async function pass({ speed }: Bench, seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(twoLooksMs, (seconds * 1000) / speed)))
}

/** Runs a script file as a student would: plain kubectl with the student's kubeconfig. */
export async function runScript(bench: Bench, id: string, script: string): Promise<void> {
  const attempt = await bench.lab.get(author, id)
  const text = bench.read(await readFile(script, 'utf8'), attempt)
  await runText(bench, id, {
    'script.sh': bench.localise?.(text, attempt.namespace) ?? text,
    name: basename(script),
  })
}

/** Five lines from kubectl's last error on, which may be long; else the last five. */
function complaint(output: string): string {
  const lines = output.trim().split('\n')
  const begins = lines.findLastIndex((line) => /^error/i.test(line))
  return (begins === -1 ? lines.slice(-5) : lines.slice(begins, begins + 5)).join(' | ')
}

/** Runs `script.sh` of these files in a folder that has them all. */
export async function runText(
  { lab, ending }: Bench,
  id: string,
  { name, ...files }: { name: string; 'script.sh': string; [file: string]: string },
): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'verify-'))
  try {
    const kubeconfig = join(home, 'kubeconfig')
    await writeFile(kubeconfig, await lab.kubeconfig(author, id), { mode: 0o600 })
    for (const [file, text] of Object.entries(files)) await writeFile(join(home, file), text)
    const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfig, LANG: 'C.UTF-8', ...shortLived }
    await new Promise<void>((resolve, reject) => {
      execFile(
        'sh',
        ['script.sh'],
        { cwd: home, env, timeout: scriptTimeoutMs, signal: ending },
        (error, stdout, stderr) => {
          if (!error) return resolve()
          reject(new Error(`${name} failed: ${complaint(`${stdout}${stderr}`) || error.message}`))
        },
      )
    })
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** Checks and invariants that do not hold now. */
export function failures(attempt: Attempt): CheckResult[] {
  return [...attempt.checks, ...attempt.invariants].filter((result) => result.status === 'failed')
}

/** What is open, in one line. */
export function openResults(attempt: Attempt): string {
  if (attempt.problem) return attempt.problem
  const open = [...attempt.checks, ...attempt.invariants].filter((result) => result.status !== 'passed')
  return open.map((result) => `${result.id} ${result.status} (${result.observed})`).join('; ')
}

/** Seconds since then, to a tenth. */
export function since(startedMs: number): number {
  return Math.round((Date.now() - startedMs) / 100) / 10
}
