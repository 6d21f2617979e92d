import type { CheckResult } from '../../contract/attempts.ts'
import { type Subject, unknown } from '../checks/subject.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { dataInvariant } from './data.ts'
import { flowsInvariant } from './flows.ts'
import { guardRailsInvariant } from './guard-rails.ts'
import { imagesInvariant } from './images.ts'
import type { Invariant } from './invariant.ts'
import { probesInvariant } from './probes.ts'
import { rbacInvariant } from './rbac.ts'
import { resourcesInvariant } from './resources.ts'
import { secretsInvariant } from './secrets.ts'
import { securityInvariant } from './security.ts'
import { strategyInvariant } from './strategy.ts'
import { trafficInvariant } from './traffic.ts'
import { workloadsInvariant } from './workloads.ts'

/** The standard invariants, in the order of docs/grading.md. INV-11, INV-12 and INV-13 need time and writes: see grading/. */
export const invariants: readonly Invariant[] = [
  workloadsInvariant,
  probesInvariant,
  resourcesInvariant,
  secretsInvariant,
  imagesInvariant,
  dataInvariant,
  rbacInvariant,
  flowsInvariant,
  securityInvariant,
  trafficInvariant,
  guardRailsInvariant,
  strategyInvariant,
]

/** Evaluates all invariants that apply to the scenario. */
export function evaluateInvariants(subject: Subject, scenario: Scenario): Promise<CheckResult[]> {
  const applying = invariants.filter(
    ({ id, isAskedFor }) => !scenario.invariants.except.includes(id) && (isAskedFor?.(scenario) ?? true),
  )
  return Promise.all(
    applying.map(async (invariant) => {
      const { id, title } = invariant
      try {
        return { id, title, ...(await invariant.evaluate(subject, scenario)) }
      } catch (error) {
        return { id, title, ...unknown(title, `could not check: ${error instanceof Error ? error.message : error}`) }
      }
    }),
  )
}
