import type { Container, Probe } from '../kubernetes/objects.ts'
import { containerPairs } from './containers.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

const kinds = ['liveness', 'readiness'] as const
/** How far a repair may move a probe's timing. */
const slowest = { periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10, initialDelaySeconds: 120 }
const startupBudgetSeconds = 600

/** Probes are repaired, not removed or blunted. */
export const probesInvariant: Invariant = {
  id: 'INV-2',
  title: 'The probes test the application',
  evaluate(subject) {
    const problems: string[] = []
    for (const { workload, before, now } of containerPairs(subject)) {
      for (const kind of kinds) {
        const healthy = before[`${kind}Probe`]
        if (!healthy) continue
        const problem = probeProblem(kind, healthy, now[`${kind}Probe`], now)
        if (problem) problems.push(`${problem} in ${workload}`)
      }
      const startup = now.startupProbe
      if (startup && !before.startupProbe) {
        const budget =
          (startup.periodSeconds ?? 10) * (startup.failureThreshold ?? 3) + (startup.initialDelaySeconds ?? 0)
        if (budget > startupBudgetSeconds) {
          problems.push(
            `the startup probe gives the application ${budget} s, which hides one that never starts, in ${workload}`,
          )
        }
      }
    }
    return outcomeOf(
      'liveness and readiness probes ask what they asked when healthy',
      problems,
      'unchanged in what they test',
    )
  },
}

/** What is wrong with a probe, against the healthy one; undefined when it is a fair repair. */
export function probeProblem(
  kind: string,
  healthy: Probe,
  now: Probe | undefined,
  container: Container,
): string | undefined {
  if (!now) return `the ${kind} probe was removed, not repaired`
  const wanted = targetOf(healthy, container)
  const actual = targetOf(now, container)
  if (methodOf(now) !== methodOf(healthy)) {
    return `the ${kind} probe is now ${methodOf(now)}, which does not test what the healthy one tested (${wanted})`
  }
  if (actual !== wanted) return `the ${kind} probe asks ${actual} instead of ${wanted}`
  if (now.httpGet?.host || now.tcpSocket?.host) return `the ${kind} probe asks another host than its pod`
  for (const [field, most] of Object.entries(slowest) as [keyof typeof slowest, number][]) {
    const value = now[field] ?? 0
    if (value > Math.max(most, healthy[field] ?? 0))
      return `the ${kind} probe was blunted, not repaired: ${field} is ${value}`
  }
  return undefined
}

function methodOf(probe: Probe): string {
  if (probe.httpGet) return 'httpGet'
  if (probe.tcpSocket) return 'tcpSocket'
  if (probe.grpc) return 'grpc'
  return 'exec'
}

function targetOf(probe: Probe, container: Container): string {
  if (probe.httpGet) return `:${portOf(probe.httpGet.port, container)}${probe.httpGet.path ?? '/'}`
  if (probe.tcpSocket) return `:${portOf(probe.tcpSocket.port, container)}`
  if (probe.grpc) return `:${probe.grpc.port}`
  return (probe.exec?.command ?? []).join(' ')
}

function portOf(port: number | string, container: Container): number | string {
  return container.ports?.find((candidate) => candidate.name === port)?.containerPort ?? port
}
