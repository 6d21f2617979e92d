// A running attempt: its record, its sandbox, its grader, and who is watching it.
import type { Attempt, TimelineEntry } from '../contract/attempts.ts'
import type { AppHealth, AttemptEvent } from '../contract/events.ts'
import { listClusterEvents } from './application/cluster-events.ts'
import { isHealthy } from './application/health.ts'
import { drawPicture } from './application/picture.ts'
import type { AttemptRecord } from './attempt-record.ts'
import { type AttemptTransition, nextAttemptState } from './attempt-state.ts'
import type { AttemptStore } from './attempt-store.ts'
import { describeAttempt } from './describe-attempt.ts'
import type { Evaluation } from './grading/evaluate.ts'
import { endOnePodEach } from './grading/fresh-pods.ts'
import { type Grader, startGrader } from './grading/grader.ts'
import { untouchedRed } from './grading/red.ts'
import type { KubeObject } from './kubernetes/objects.ts'
import type { SandboxSession } from './prepared-sandbox.ts'
import { studentChange } from './report/changes.ts'
import { localiseScenario } from './scenarios/localise-scenario.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { guardStudentAccess, makeStudentKubeconfig } from './student-access.ts'
import { startTokenRenewal } from './token-renewal.ts'

export interface LiveAttemptOptions {
  record: AttemptRecord
  scenario: Scenario
  store: AttemptStore
  appUrlOf(attemptId: string): string
  now(): Date
  onProblem(error: unknown): void
  onSolved?(record: AttemptRecord): void
  /** The student has a new kubeconfig, because the token in the old one would have expired. */
  onKubeconfig?(): void
}

const longestTimeline = 5_000
const pictureDebounceMs = 100

/** One attempt while it runs. Nothing outside changes its record. */
export class LiveAttempt {
  readonly record: AttemptRecord
  /** With the names of the sandbox, once there is one. */
  scenario: Scenario
  /** Aborted when the attempt ends: whatever is under way for it stops. */
  readonly ending = new AbortController()
  session: SandboxSession | undefined
  /** The preparation or reset under way. */
  work: Promise<void> = Promise.resolve()
  private readonly options: LiveAttemptOptions
  private readonly listeners = new Set<(event: AttemptEvent) => void>()
  private grader: Grader | undefined
  private forgetChanges: (() => void) | undefined
  private pictureTimer: NodeJS.Timeout | undefined
  private health: AppHealth | undefined
  private holding: Attempt['holding'] = null

  constructor(options: LiveAttemptOptions) {
    this.options = options
    this.record = options.record
    this.scenario = options.scenario
  }

  /** The attempt as clients see it. */
  describe(): Attempt {
    return describeAttempt(this.record, this.scenario, {
      appUrl: this.options.appUrlOf(this.record.id),
      holding: this.holding,
      namespace: this.session?.sandbox.namespace ?? 'taskmaster',
    })
  }

  /** The time where the attempt runs. */
  now(): Date {
    return this.session?.sandbox.now?.() ?? this.options.now()
  }

  /** Changes the record, keeps it and tells everybody. */
  update(change: Partial<AttemptRecord>): void {
    Object.assign(this.record, change)
    this.keep(this.options.store.save(this.record))
    this.tell({ type: 'attempt', attempt: this.describe() })
  }

  /** Moves to the next state; false when that cannot happen now. */
  transition(transition: AttemptTransition, change: Partial<AttemptRecord> = {}): boolean {
    const state = nextAttemptState(this.record.state, transition)
    if (state === undefined) return false
    this.update({ ...change, state })
    return true
  }

  /** Adds a line to the timeline. */
  note(kind: TimelineEntry['kind'], text: string): void {
    // A loop in a student's shell must not fill the memory; how it ends is always kept.
    if (this.record.timeline.length >= longestTimeline && kind !== 'solved') return
    const entry = { at: this.now().toISOString(), kind, text }
    this.record.timeline.push(entry)
    this.keep(this.options.store.appendTimeline(this.record.id, entry))
    this.tell({ type: 'timeline', entries: [entry], replace: false })
  }

  /** Forgets what happened before a reset. */
  clearHistory(): void {
    Object.assign(this.record, { timeline: [], health: [], changedObjects: {} })
    this.keep(this.options.store.clearHistory(this.record.id))
    this.tell({ type: 'timeline', entries: [], replace: true })
  }

  /** Starts to show the sandbox to whoever watches. */
  connect(session: SandboxSession): void {
    this.session = session
    this.forgetChanges?.()
    const forgetPicture = session.world.onChange((change) => {
      if (change?.kind === 'Event') this.tellClusterEvents()
      this.schedulePicture()
    })
    const stopGuard = guardStudentAccess(session, this.options.onProblem)
    this.scenario = localiseScenario(this.options.scenario, session.sandbox)
    const stopRenewal = session.sandbox.isShared ? this.renewTokens(session) : undefined
    this.forgetChanges = () => {
      forgetPicture()
      stopGuard()
      stopRenewal?.()
    }
  }

  private renewTokens(session: SandboxSession): () => void {
    return startTokenRenewal({
      current: () => this.record.kubeconfig,
      renew: () => makeStudentKubeconfig(session.api, session.sandbox),
      onProblem: this.options.onProblem,
      onKubeconfig: (kubeconfig) => {
        this.update({ kubeconfig })
        this.options.onKubeconfig?.()
      },
    })
  }

  /** Starts to grade, and to note what the student changes. */
  startGrading(): void {
    const { session, record } = this
    if (!session || !record.baseline) return
    this.stopGrading()
    const graded = { scenario: this.scenario, world: session.world, users: session.users, baseline: record.baseline }
    const grader = startGrader(
      graded,
      {
        onEvaluation: (evaluation, holding) => this.handleEvaluation(evaluation, holding),
        onFreshPods: () =>
          this.note('check', 'Everything held. One pod of each tier is ended: does the repair survive it?'),
        onSolved: () => this.handleSolved(),
      },
      { now: () => this.now(), isSolved: record.state === 'solved', endPods: () => endOnePodEach(session) },
    )
    const forget = session.world.onChange((change) => {
      const made = change && studentChange(change, session.world.namespace)
      if (!made || record.state !== 'broken') return
      this.recordChange(made.object, made.now)
      this.note('change', made.text)
    })
    this.grader = {
      evaluateNow: () => grader.evaluateNow(),
      stop() {
        grader.stop()
        forget()
      },
    }
  }

  stopGrading(): void {
    this.grader?.stop()
    this.grader = undefined
    this.holding = null
  }

  /** Evaluates now; nothing to do while nothing is graded. */
  async check(): Promise<void> {
    await this.grader?.evaluateNow()
  }

  /** Sends the present state, then every change. Returns how to stop. */
  subscribe(listener: (event: AttemptEvent) => void): () => void {
    listener({ type: 'attempt', attempt: this.describe() })
    listener(this.checksEvent())
    if (this.health) listener({ type: 'health', health: this.health })
    if (this.session) listener({ type: 'picture', picture: drawPicture(this.session.world, this.health) })
    listener({ type: 'timeline', entries: this.record.timeline, replace: true })
    if (this.session) listener({ type: 'clusterEvents', events: listClusterEvents(this.session.world) })
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Lets go of the sandbox: nothing is watched or graded any more. */
  disconnect(): void {
    this.stopGrading()
    this.forgetChanges?.()
    this.forgetChanges = undefined
    clearTimeout(this.pictureTimer)
    this.pictureTimer = undefined
    this.session?.disconnect()
  }

  private handleEvaluation(evaluation: Evaluation, holding: Attempt['holding']): void {
    const { record } = this
    this.noteChecks(evaluation)
    this.noteHealth(evaluation.health)
    const before = JSON.stringify(this.checksEvent())
    // What a solved attempt showed when it was solved stays; the page sees what is true now.
    if (record.state !== 'solved')
      Object.assign(record, { checks: evaluation.checks, invariants: evaluation.invariants })
    this.holding = holding
    if (record.state === 'broken' && Object.keys(record.changedObjects).length === 0) {
      Object.assign(record, untouchedRed(record, evaluation, this.scenario.checks))
    }
    if (JSON.stringify(this.checksEvent()) === before) return
    this.keep(this.options.store.save(record))
    this.tell(this.checksEvent())
    this.tell({ type: 'attempt', attempt: this.describe() })
  }

  private handleSolved(): void {
    const solvedAt = this.now().toISOString()
    this.holding = null
    if (!this.transition('solved', { solvedAt })) return
    this.note('solved', `Solved: everything held for ${this.scenario.holdSeconds} s`)
    this.options.onSolved?.(this.record)
  }

  private noteChecks({ checks }: Evaluation): void {
    if (this.record.state !== 'broken') return
    for (const check of checks) {
      const before = this.record.checks.find((candidate) => candidate.id === check.id)?.status
      if (check.status === 'unknown' || before === check.status || before === 'unknown') continue
      this.note('check', `${check.title}: ${check.status}`)
    }
  }

  private noteHealth(health: AppHealth): void {
    const { record } = this
    const healthy = isHealthy(health)
    const detail = `page ${health.frontend.detail}, API ${health.api.detail}, database ${health.database}`
    const before = this.health
    this.health = health
    const last = record.health.at(-1)
    if (!last || last.healthy !== healthy || last.detail !== detail) {
      const sample = { at: health.at, healthy, detail }
      record.health.push(sample)
      this.keep(this.options.store.appendHealth(record.id, sample))
      if (last && last.healthy !== healthy)
        this.note('health', healthy ? 'The application is healthy' : `The application is down: ${detail}`)
    }
    const { at: _before, ...old } = before ?? { at: '' }
    const { at: _now, ...present } = health
    if (JSON.stringify(old) === JSON.stringify(present)) return
    this.tell({ type: 'health', health })
    this.schedulePicture()
  }

  private recordChange(name: string, now: KubeObject | null): void {
    this.record.changedObjects = { ...this.record.changedObjects, [name]: now }
    this.keep(this.options.store.save(this.record))
  }

  private checksEvent(): AttemptEvent & { type: 'checks' } {
    return { type: 'checks', checks: this.record.checks, invariants: this.record.invariants, holding: this.holding }
  }

  private schedulePicture(): void {
    if (this.pictureTimer || this.listeners.size === 0) return
    this.pictureTimer = setTimeout(() => {
      this.pictureTimer = undefined
      if (this.session) this.tell({ type: 'picture', picture: drawPicture(this.session.world, this.health) })
    }, pictureDebounceMs)
  }

  private tellClusterEvents(): void {
    if (!this.session || this.listeners.size === 0) return
    this.tell({ type: 'clusterEvents', events: listClusterEvents(this.session.world) })
  }

  private tell(event: AttemptEvent): void {
    for (const listener of [...this.listeners]) listener(event)
  }

  private keep(saving: Promise<void>): void {
    saving.catch((error) => this.options.onProblem(error))
  }
}
