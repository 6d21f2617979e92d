// After a restart of the server: attempts whose cluster is still there go on, those that were being prepared or reset are
// prepared again, the others end with a true reason, and clusters that no attempt owns are ended.
import type { AttemptRecord } from './attempt-record.ts'
import type { AttemptStore } from './attempt-store.ts'
import type { Sandbox, SandboxProvider } from './sandbox.ts'

export interface ResumeOptions {
  provider: SandboxProvider
  store: AttemptStore
  /** Goes on with an attempt; false when its scenario is no longer known. */
  take(record: AttemptRecord, sandbox: Sandbox): Promise<boolean>
  /**
   * Starts an interrupted preparation anew: in this sandbox when it was a reset, else in a fresh one, and that of the
   * record is removed. False when the scenario is no longer known.
   */
  prepareAgain(record: AttemptRecord, sandbox: Sandbox | undefined): Promise<boolean>
  onProblem(error: unknown, attemptId: string): void
  now(): Date
}

/** Takes up every open attempt or ends it; then ends the sandboxes of nobody, which may take a while and holds up nobody. */
export async function resumeAttempts(options: ResumeOptions): Promise<void> {
  const { provider, store } = options
  // Read first: what is made from now on is nobody's stray.
  const existing = await provider.list()
  const kept = new Set<string>()
  await Promise.all(
    (await store.loadOpen()).map(async (record) => {
      const { sandboxId } = record
      const problem = await resume(record, options)
      if (problem === undefined && sandboxId) kept.add(sandboxId)
      if (problem !== undefined) await endAttempt(record, problem, options)
    }),
  )
  const strays = existing.filter((id) => !kept.has(id))
  for (const id of strays) void provider.remove(id).catch((error) => options.onProblem(error, id))
}

/** Begins the line of the timeline that tells of an interruption. */
const interruption = 'The lab was restarted'
const mostInterruptions = 3

/** For the timeline of an attempt whose preparation a restart interrupted. */
export const preparedAgain = `${interruption}: the application is prepared again`

/** Whether its preparation was interrupted so often that it may be what ends the lab. */
const isHopeless = ({ timeline }: AttemptRecord) =>
  timeline.filter(({ text }) => text.startsWith(interruption)).length >= mostInterruptions

/** Why the attempt cannot go on; undefined when it does. */
async function resume(record: AttemptRecord, options: ResumeOptions): Promise<string | undefined> {
  const { provider, onProblem } = options
  try {
    const sandbox = record.sandboxId ? await provider.find(record.sandboxId) : undefined
    if (record.state !== 'preparing') {
      if (!sandbox) return 'the cluster of this attempt did not survive a restart of the server'
      return known(await options.take(record, sandbox))
    }
    if (isHopeless(record)) {
      return `the server was restarted ${mostInterruptions} times while this attempt was being prepared; start it again`
    }
    // What was broken once was being reset: it goes on with the same cluster, terminal and kubeconfig.
    const wasBroken = Object.keys(record.brokenObjects).length > 0
    return known(await options.prepareAgain(record, wasBroken ? sandbox : undefined))
  } catch (error) {
    onProblem(error, record.id)
    return 'this attempt could not be taken up again after a restart of the server'
  }
}

const known = (isKnown: boolean) => (isKnown ? undefined : 'the scenario of this attempt is no longer installed')

/** A solved attempt stays solved; every other one has failed. */
async function endAttempt(record: AttemptRecord, problem: string, { store, now }: ResumeOptions): Promise<void> {
  const isSolved = record.state === 'solved'
  await store.save({
    ...record,
    state: isSolved ? 'solved' : 'failed',
    problem: isSolved ? null : problem,
    kubeconfig: null,
    endedAt: now().toISOString(),
  })
}
