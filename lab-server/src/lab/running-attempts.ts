// The attempts that run: made, prepared, reset, taken up after a restart, failed and released. Who may ask for what is in
// attempts.ts; one attempt's own life is in live-attempt.ts.
import type { AttemptRecord } from './attempt-record.ts'
import type { AttemptShells } from './attempt-shells.ts'
import type { AttemptStore } from './attempt-store.ts'
import { LiveAttempt } from './live-attempt.ts'
import { prepareAttempt, resetAttempt } from './preparation.ts'
import { openSandbox, type PreparedSandbox } from './prepared-sandbox.ts'
import { preparedAgain, resumeAttempts } from './resume-attempts.ts'
import type { Sandbox, SandboxProvider } from './sandbox.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { newStages, stageEnded } from './stages.ts'

export interface RunningAttemptsOptions {
  provider: SandboxProvider
  store: AttemptStore
  shells?: AttemptShells | undefined
  /** The variant of a scenario that a seed picks; undefined when it is not installed. */
  scenarioOf(id: string, seed: number): Scenario | undefined
  /** A healthy sandbox kept ahead of need, if there is one. */
  takeWarm(): PreparedSandbox | undefined
  appUrlOf(attemptId: string): string
  /** Problems that no request hears of. */
  onProblem(error: unknown, attemptId?: string): void
  now(): Date
}

/** The attempts of this lab that have not ended. */
export interface RunningAttempts {
  readonly live: ReadonlyMap<string, LiveAttempt>
  /** Makes an attempt of a new record; `prepare` does the rest. */
  make(record: AttemptRecord, scenario: Scenario): LiveAttempt
  /** Answers at once; the preparation goes on. */
  prepare(attempt: LiveAttempt): void
  /** Answers at once; the reset goes on. */
  reset(attempt: LiveAttempt): void
  openShell(attempt: LiveAttempt): Promise<void>
  /** Ends shell and sandbox, and forgets the attempt. */
  release(attempt: LiveAttempt): Promise<void>
  /** Goes on with what a restart interrupted. */
  takeUpAll(): Promise<void>
  /** Lets go of all, which stay as they are. */
  stop(): Promise<void>
}

/** Starts with none. */
export function makeRunningAttempts(options: RunningAttemptsOptions): RunningAttempts {
  const { provider, store, shells, scenarioOf, now } = options
  const live = new Map<string, LiveAttempt>()
  let isStopping = false

  function make(record: AttemptRecord, scenario: Scenario): LiveAttempt {
    const onProblem = (error: unknown) => options.onProblem(error, record.id)
    const attempt = new LiveAttempt({
      record,
      scenario,
      store,
      now,
      onProblem,
      appUrlOf: options.appUrlOf,
      onKubeconfig: () => openShell(attempt),
    })
    live.set(record.id, attempt)
    return attempt
  }

  /** Runs a preparation or a reset; whatever goes wrong ends the attempt with a reason. */
  function work(attempt: LiveAttempt, task: () => Promise<void>): void {
    attempt.work = attempt.work.then(task).then(
      () => openShell(attempt),
      async (error) => {
        if (attempt.ending.signal.aborted || isStopping) return
        options.onProblem(error, attempt.record.id)
        await fail(attempt, error instanceof Error ? error.message : String(error))
      },
    )
  }

  async function openShell(attempt: LiveAttempt): Promise<void> {
    const { record, session } = attempt
    if (!shells || !session || !record.kubeconfig || attempt.ending.signal.aborted) return
    const ingress = session.sandbox.ingressUrl ? new URL(session.sandbox.ingressUrl) : undefined
    await shells
      .open(record.id, {
        kubeconfig: record.kubeconfig,
        apiServer: session.sandbox.apiServer,
        ingress: ingress && { host: ingress.hostname, port: Number(ingress.port || 80) },
        appHost: session.users.host,
        onCommand: (command) => attempt.note('command', command),
      })
      .catch((error) => options.onProblem(error, record.id))
  }

  async function fail(attempt: LiveAttempt, problem: string): Promise<void> {
    const stages = stageEnded(attempt.record.stages, 'failed', now())
    attempt.transition('failed', { problem, stages, endedAt: now().toISOString(), kubeconfig: null })
    await release(attempt)
  }

  /** Ends shell and sandbox, and forgets the running attempt. */
  async function release(attempt: LiveAttempt): Promise<void> {
    const { record, session } = attempt
    attempt.ending.abort(new Error('the attempt has ended'))
    attempt.disconnect()
    // How it ended is kept before anything of it goes: a crash in between must not tell another story.
    await store.save(record)
    await shells?.close(record.id)
    const sandbox: Sandbox | undefined =
      session?.sandbox ?? (record.sandboxId ? await provider.find(record.sandboxId) : undefined)
    await sandbox?.release()
    live.delete(record.id)
  }

  /** Prepares a sandbox for it; one that is left of an interrupted preparation is removed first. */
  function prepare(attempt: LiveAttempt, left?: string | null): void {
    work(attempt, async () => {
      // Where there is one namespace for all, the next preparation needs it.
      if (left) await provider.remove(left)
      await prepareAttempt(attempt, { provider, store, take: options.takeWarm, now })
    })
  }

  const reset = (attempt: LiveAttempt) => work(attempt, () => resetAttempt(attempt, { store, now }))

  /** An attempt of before a restart, with what is left of its cluster; undefined when its scenario is no longer known. */
  async function takeUp(record: AttemptRecord, sandbox: Sandbox | undefined): Promise<LiveAttempt | undefined> {
    const scenario = scenarioOf(record.scenarioId, record.seed)
    if (!scenario) return undefined
    const session = sandbox && (await openSandbox(sandbox))
    await session?.world.follow(scenario.beyond ?? [])
    const attempt = make(record, scenario)
    if (session) attempt.connect(session)
    return attempt
  }

  return {
    live,
    make,
    prepare: (attempt) => prepare(attempt),
    reset,
    openShell,
    release,
    async takeUpAll() {
      await resumeAttempts({
        provider,
        store,
        now,
        onProblem: options.onProblem,
        async take(record, sandbox) {
          const attempt = await takeUp(record, sandbox)
          if (!attempt) return false
          attempt.startGrading()
          await openShell(attempt)
          return true
        },
        async prepareAgain(record, sandbox) {
          const attempt = await takeUp(record, sandbox)
          if (!attempt) return false
          const stages = newStages(await store.stageDurations())
          attempt.note('stage', preparedAgain)
          attempt.update(sandbox ? { stages } : { stages, kubeconfig: null, baseline: null, brokenObjects: {} })
          if (sandbox) reset(attempt)
          else prepare(attempt, record.sandboxId)
          return true
        },
      })
      await shells?.retain(new Set(live.keys())).catch((error) => options.onProblem(error))
    },
    async stop() {
      isStopping = true
      const running = [...live.values()]
      for (const attempt of running) attempt.ending.abort(new Error('the server is stopping'))
      await Promise.all(running.map((attempt) => attempt.work.catch(() => undefined)))
      for (const attempt of running) attempt.disconnect()
      live.clear()
    },
  }
}
