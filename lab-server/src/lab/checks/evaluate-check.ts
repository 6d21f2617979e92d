import type { CheckResult } from '../../contract/attempts.ts'
import type { CheckSpec } from '../scenarios/scenario.ts'
import { checkApiCycle } from './api-cycle.ts'
import { checkEndpoints } from './endpoints.ts'
import { checkHttp } from './http.ts'
import { checkResource } from './resource.ts'
import { checkRollout } from './rollout.ts'
import { checkSteady } from './steady.ts'
import { type Outcome, type Subject, unknown } from './subject.ts'

/** Evaluates one check now. An error of the lab itself is `unknown`. */
export async function evaluateCheck(spec: CheckSpec, subject: Subject): Promise<CheckResult> {
  const { id, title } = spec
  try {
    return { id, title, ...(await outcomeOf(spec, subject)) }
  } catch (error) {
    return { id, title, ...unknown(title, `could not check: ${error instanceof Error ? error.message : error}`) }
  }
}

/** Whether a check changes data, so that it runs seldom and last. */
export function isWriting(spec: CheckSpec): boolean {
  return spec.apiCycle !== undefined
}

function outcomeOf(spec: CheckSpec, subject: Subject): Promise<Outcome> {
  if (spec.http) return checkHttp(spec.http, subject)
  if (spec.endpoints) return checkEndpoints(spec.endpoints, subject)
  if (spec.rollout) return checkRollout(spec.rollout, subject)
  if (spec.apiCycle) return checkApiCycle(spec.apiCycle, subject)
  if (spec.steady) return checkSteady(spec.steady, subject)
  if (spec.resource) return checkResource(spec.resource, subject)
  throw new Error('this check has no kind')
}
