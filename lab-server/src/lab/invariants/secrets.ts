import type { Subject } from '../checks/subject.ts'
import type { Container, EnvVar, KubeObject } from '../kubernetes/objects.ts'
import { baselineObjects, podTemplateOf } from '../world/baseline.ts'
import { containerPairs } from './containers.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

const sensitiveKey = /pass|token|secret|credential|private|api[-_]?key/i
const shortestSecret = 6
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Credentials come from Secret references and stand nowhere in plain text. */
export const secretsInvariant: Invariant = {
  id: 'INV-4',
  title: 'Credentials stay in Secrets',
  evaluate(subject) {
    const problems = [...plainTextProblems(subject), ...referenceProblems(subject)]
    return outcomeOf('credentials come from Secret references', [...new Set(problems)], 'only in Secrets')
  },
}

/** Places where a known secret value can be read. */
export function plainTextProblems({ baseline, objects }: Subject): string[] {
  const secrets = [...baselineObjects<KubeObject>(baseline, 'Secret'), ...objects.list('Secret')]
  const values = new Set(secrets.flatMap(sensitiveValues))
  const places = (
    ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ConfigMap', 'Service', 'Ingress'] as const
  )
    .flatMap((kind) => objects.list(kind))
    .map((object) => ({ name: `${object.kind}/${object.metadata.name}`, text: textOf(object) }))
  return places.flatMap(({ name, text }) => {
    const hit = [...values].some(
      (value) => text.includes(JSON.stringify(value).slice(1, -1)) || text.includes(encoded(value)),
    )
    return hit ? [`the password stands in plain text in ${name}`] : []
  })
}

/** Variables that came from a Secret and no longer do. */
function referenceProblems(subject: Subject): string[] {
  return containerPairs(subject).flatMap(({ workload, before, now }) =>
    (before.env ?? []).flatMap((variable) => {
      if (!variable.valueFrom?.secretKeyRef) return []
      const problem = variableProblem(variable.name, now)
      return problem ? [`${problem} in ${workload}`] : []
    }),
  )
}

function variableProblem(name: string, container: Container): string | undefined {
  // The last of several entries with one name wins.
  const live: EnvVar | undefined = container.env?.findLast((variable) => variable.name === name)
  if (!live) {
    const fromSecret = (container.envFrom ?? []).some((source) => source.secretRef)
    return fromSecret ? undefined : `${name} no longer comes from a Secret`
  }
  if (live.value !== undefined) return `${name} is a literal, not a reference to a Secret`
  if (live.valueFrom?.configMapKeyRef) return `${name} comes from a ConfigMap, not from a Secret`
  if (!live.valueFrom?.secretKeyRef) return `${name} no longer comes from a Secret`
  if (live.valueFrom.secretKeyRef.optional) return `${name} was made optional, not repaired`
  return undefined
}

function sensitiveValues(secret: KubeObject): string[] {
  const data = (secret.data ?? {}) as Record<string, string>
  return Object.entries(data)
    .filter(([key]) => sensitiveKey.test(key))
    .map(([, value]) => Buffer.from(value, 'base64').toString('utf8').trim())
    .filter((value) => value.length >= shortestSecret)
}

/** What of an object can give a secret away: for workloads the pod template, and always the annotations. */
function textOf(object: KubeObject): string {
  const { [lastApplied]: applied, ...annotations } = object.metadata.annotations ?? {}
  const body = podTemplateOf(object) ?? object.data ?? object.spec
  return JSON.stringify([annotations, body]) + (applied ?? '')
}

function encoded(value: string): string {
  return Buffer.from(value).toString('base64')
}
