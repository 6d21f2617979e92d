// Which faults hide each other, decided by facts: which objects they write, which tier of the application these
// belong to, and which tiers each check looks through.
import { describeFault } from '../../faults/inject.ts'
import type { CheckSpec, Fault, Scenario } from '../scenario.ts'

/** A part of the application that users reach through others, or an object beside their way. */
export type Tier = 'ingress' | 'page' | 'api' | 'data' | 'everything' | `beside ${string}`

const tiers: Record<string, Tier> = {
  'Ingress/taskmaster-ingress': 'ingress',
  'Service/frontend-svc': 'page',
  'Deployment/frontend': 'page',
  'Service/backend-svc': 'api',
  'Deployment/backend': 'api',
  'ConfigMap/backend-config': 'api',
  'Secret/backend-secret': 'api',
  'Service/postgres-svc': 'data',
  'Deployment/postgres': 'data',
  'Secret/database-secret': 'data',
  'ConfigMap/database-init': 'data',
  'PersistentVolumeClaim/postgres-pvc': 'data',
}
const besideKinds = ['CronJob', 'Job', 'PodDisruptionBudget', 'HorizontalPodAutoscaler']

/** The object that a fault writes. */
export function objectOf(fault: Fault): string {
  if ('create' in fault) return `${fault.create.kind}/${fault.create.metadata.name}`
  return describeFault(fault).split(' ')[1] ?? ''
}

/** The tier of an object; quotas, policies and namespaces concern everything. */
export function tierOf(object: string): Tier {
  const [kind = ''] = object.split('/')
  return tiers[object] ?? (besideKinds.includes(kind) ? `beside ${object}` : 'everything')
}

/** The tiers that a check looks through: it is red while any of them is broken. */
export function tiersOf(check: CheckSpec): Tier[] {
  if (check.http) return check.http.path.startsWith('/api') ? ['ingress', 'api', 'data'] : ['ingress', 'page']
  if (check.apiCycle) return ['ingress', 'api', 'data']
  if (check.resource) {
    // What an object reports of its pods may hang on anything.
    const isReport = Object.keys(check.resource.fields).some((path) => path.startsWith('status'))
    return isReport ? ['everything'] : []
  }
  const workload = check.endpoints?.of ?? check.rollout?.of ?? check.steady?.of ?? ''
  const tier = tierOf(workload)
  // The backend is ready only while it reaches the database.
  return tier === 'api' ? ['api', 'data'] : [tier]
}

/** What one scenario of an incident brings, and which of its checks show its fault alone. */
export interface Part {
  scenario: Scenario
  own: CheckSpec[]
}

/**
 * The scenarios as parts of one incident, or undefined when one masks another: when two write the same object, or when
 * a fault has no check left that the other faults cannot turn red.
 */
export function partsOf(scenarios: readonly Scenario[]): Part[] | undefined {
  const written = scenarios.map(({ faults, setup = [] }) => [...new Set([...setup, ...faults].map(objectOf))])
  const all = written.flat()
  if (new Set(all).size !== all.length) return undefined
  const touched = written.map((objects) => objects.map(tierOf))
  if (touched.flat().includes('everything')) return undefined
  const parts = scenarios.map((scenario, index) => {
    const others = touched.filter((_, other) => other !== index).flat()
    const isOwn = (check: CheckSpec) =>
      !check.guard && tiersOf(check).every((tier) => tier !== 'everything' && !others.includes(tier))
    return { scenario, own: scenario.checks.filter(isOwn) }
  })
  return parts.every(({ own }) => own.length > 0) ? parts : undefined
}
