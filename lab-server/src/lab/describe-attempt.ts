import type { Attempt } from '../contract/attempts.ts'
import type { AttemptRecord } from './attempt-record.ts'
import { scoreOf } from './grading/score.ts'
import type { Scenario } from './scenarios/scenario.ts'

/** An attempt as clients see it: no fault, no solution, no baseline. */
export function describeAttempt(
  record: AttemptRecord,
  scenario: Scenario | undefined,
  live: { appUrl: string; holding: Attempt['holding']; namespace: string },
): Attempt {
  const { id, scenarioId, title, state, stages, problem, checks, invariants, seed, startedAt, brokenAt, solvedAt } =
    record
  return {
    id,
    scenarioId,
    title,
    state,
    stage: stages.find((stage) => stage.state === 'running')?.id ?? null,
    stages,
    problem,
    checks,
    invariants,
    score: scoreOf({ ...record, scenario }),
    seed,
    startedAt,
    brokenAt,
    solvedAt,
    holding: live.holding,
    appUrl: live.appUrl,
    brief: scenario?.brief ?? '',
    namespace: live.namespace,
  }
}
