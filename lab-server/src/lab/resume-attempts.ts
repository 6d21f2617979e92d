// After a restart of the server: attempts whose cluster is still there go on, the others end with a true reason,
// and clusters that no attempt owns are ended.
import type { AttemptRecord } from './attempt-record.ts'
import type { AttemptStore } from './attempt-store.ts'
import type { Sandbox, SandboxProvider } from './sandbox.ts'

export interface ResumeOptions {
  provider: SandboxProvider
  store: AttemptStore
  /** Goes on with an attempt; false when its scenario is no longer known. */
  take(record: AttemptRecord, sandbox: Sandbox): Promise<boolean>
  onProblem(error: unknown, attemptId: string): void
  now(): Date
}

/** Takes up every open attempt or ends it; then ends the sandboxes of nobody, which may take a while and holds up nobody. */
export async function resumeAttempts(options: ResumeOptions): Promise<void> {
  const { provider, store } = options
  const kept = new Set<string>()
  await Promise.all(
    (await store.loadOpen()).map(async (record) => {
      const problem = await resume(record, options)
      if (problem === undefined && record.sandboxId) kept.add(record.sandboxId)
      if (problem !== undefined) await endAttempt(record, problem, options)
    }),
  )
  const strays = (await provider.list()).filter((id) => !kept.has(id))
  for (const id of strays) void provider.remove(id).catch((error) => options.onProblem(error, id))
}

/** Why the attempt cannot go on; undefined when it does. */
async function resume(
  record: AttemptRecord,
  { provider, take, onProblem }: ResumeOptions,
): Promise<string | undefined> {
  if (record.state === 'preparing' || !record.sandboxId) {
    return 'the server was restarted while this attempt was being prepared; start it again'
  }
  try {
    const sandbox = await provider.find(record.sandboxId)
    if (!sandbox) return 'the cluster of this attempt did not survive a restart of the server'
    return (await take(record, sandbox)) ? undefined : 'the scenario of this attempt is no longer installed'
  } catch (error) {
    onProblem(error, record.id)
    return 'this attempt could not be taken up again after a restart of the server'
  }
}

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
