// What a scenario's author is warned of without running it: patches that the API server would refuse, hints and
// briefs that give too much away, scripts that do not say what they are.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { patchedWithoutTests } from '../faults/apply-patch.ts'
import { parseQuantity } from '../invariants/quantity.ts'
import type { Deployment, KubeObject } from '../kubernetes/objects.ts'
import { readManifests, workloadNamespace } from '../manifests.ts'
import { greenChecks } from './lint-green-checks.ts'
import { missedTargets } from './lint-targets.ts'
import { giveaways, hintProblems } from './lint-texts.ts'
import { type ScenarioProblem, shown } from './load-scenarios.ts'
import type { Fault, Scenario } from './scenario.ts'
import { lineInText } from './scenario-lines.ts'

/** The files of a scenario that only the proof reads, by their name in the folder. */
export type Scripts = Record<string, string>

/** Everything found in one scenario of the catalogue. */
export function lintScenario(scenario: Scenario): ScenarioProblem[] {
  return lintWith(scenario, readScripts(scenario.folder), readManifests(workloadNamespace))
}

/** The same, with what it would read given. */
export function lintWith(scenario: Scenario, scripts: Scripts, healthy: KubeObject[]): ScenarioProblem[] {
  const problems: ScenarioProblem[] = []
  const data = join(scenario.folder, 'scenario.yaml')
  const yaml = existsSync(data) ? readFileSync(data, 'utf8') : ''
  const say = (file: string, field: string, message: string) => {
    const line = file === 'scenario.yaml' ? lineInText(yaml, field) : 1
    problems.push({ file: shown(join(scenario.folder, file)), line, field, message })
  }
  for (const [field, message] of refusedPatches(scenario.faults, healthy)) say('scenario.yaml', field, message)
  for (const [field, message] of missedTargets(scenario, healthy)) say('scenario.yaml', field, message)
  for (const [field, message] of hintProblems(scenario, scripts['solution.sh'] ?? '')) {
    say('scenario.yaml', field, message)
  }
  for (const [field, message] of greenChecks(scenario, healthy)) say('scenario.yaml', field, message)
  for (const message of missingParts(scenario)) say('debrief.md', '', message)
  for (const [file, field, message] of giveaways(scenario, healthy)) say(file, field, message)
  for (const [name, text] of Object.entries(scripts)) {
    if (name.startsWith('wrong-fixes/') && !/^# (Refused: .+|Earns: \d+)$/m.test(text)) {
      say(name, '', 'the first comment does not say why: # Refused: …, or # Earns: …')
    }
    if (name.startsWith('also-fixes/') && !/^# Accepted: .+$/m.test(text)) {
      say(name, '', 'the first comment does not say why: # Accepted: …')
    }
  }
  if (!Object.keys(scripts).some((name) => name.startsWith('wrong-fixes/'))) {
    say('wrong-fixes', '', 'has no script: a scenario that refuses nothing is not proved')
  }
  return problems
}

const debriefParts = [
  'What was wrong',
  'How to find it',
  'How to repair it',
  'How to prevent it',
  'Where it really happened',
]

/** What a debrief has to teach, and does not. */
function missingParts({ debrief }: Scenario): string[] {
  const missing = debriefParts.filter((part) => !debrief.includes(`## ${part}`)).map((part) => `has no "## ${part}"`)
  return debrief.includes('```') ? missing : [...missing, 'shows no commands that find the cause']
}

function readScripts(folder: string): Scripts {
  const scripts: Scripts = {}
  for (const place of ['', 'also-fixes', 'wrong-fixes']) {
    const home = join(folder, place)
    for (const name of existsSync(home) ? readdirSync(home).sort() : []) {
      if (name.endsWith('.sh')) scripts[join(place, name)] = readFileSync(join(home, name), 'utf8')
    }
  }
  return scripts
}

function refusedPatches(faults: readonly Fault[], healthy: KubeObject[]): [string, string][] {
  const found: [string, string][] = []
  const objects = new Map(healthy.map((object) => [`${object.kind}/${object.metadata.name}`, object]))
  for (const [index, fault] of faults.entries()) {
    if (!('ops' in fault)) continue
    const name = 'patch' in fault ? fault.patch : fault.replace
    if ('patch' in fault) {
      for (const [at, { op, path }] of fault.ops.entries()) {
        const reason = op === 'test' ? undefined : immutableReason(fault.patch, path)
        if (reason) found.push([`/faults/${index}/ops/${at}`, `the API server refuses it: ${reason}`])
      }
    }
    const before = objects.get(name)
    const after = before && patchedWithoutTests(before, fault.ops)
    if (!after) continue
    objects.set(name, after)
    for (const reason of invalidReasons(after)) found.push([`/faults/${index}`, `the API server refuses it: ${reason}`])
  }
  return found
}

const immutable: [RegExp, RegExp, string][] = [
  [/^(Deployment|StatefulSet|DaemonSet)\//, /^\/spec\/selector/, 'the selector is immutable: use replace'],
  [/^Service\//, /^\/spec\/clusterIPs?\b/, 'the address of a Service is immutable: use replace'],
  [/^PersistentVolumeClaim\//, /^\/spec\/(?!resources)/, 'the spec of a claim is immutable: use replace'],
  [/^RoleBinding\//, /^\/roleRef/, 'roleRef is immutable: use replace'],
  [/^Secret\//, /^\/type/, 'the type of a Secret is immutable: use replace'],
  [/^Job\//, /^\/spec\/(template|selector|completionMode)/, 'the template of a Job is immutable: use replace'],
  [/^StorageClass\//, /^\/(provisioner|parameters|reclaimPolicy|volumeBindingMode)/, 'a class is immutable'],
  [
    /^Pod\//,
    /^\/spec\/(?!containers\/\d+\/image|activeDeadlineSeconds|tolerations|terminationGracePeriodSeconds)/,
    'a pod cannot be changed',
  ],
]

function immutableReason(object: string, path: string): string | undefined {
  return immutable.find(([kind, field]) => kind.test(object) && field.test(path))?.[2]
}

function invalidReasons(object: KubeObject): string[] {
  const reasons: string[] = []
  const spec = object.spec as Record<string, unknown> | undefined
  if (object.kind === 'Ingress') {
    const { rules = [] } = object.spec as {
      rules?: { http?: { paths?: { path?: string; pathType?: string }[] } }[]
    }
    for (const { path = '', pathType } of rules.flatMap((rule) => rule.http?.paths ?? [])) {
      if (pathType !== 'ImplementationSpecific' && !path.startsWith('/')) reasons.push(`the path "${path}" has no /`)
    }
  }
  if (object.kind === 'HorizontalPodAutoscaler' && Number(spec?.minReplicas ?? 1) > Number(spec?.maxReplicas)) {
    reasons.push('maxReplicas is below minReplicas')
  }
  if (object.kind === 'PodDisruptionBudget' && spec && 'minAvailable' in spec && 'maxUnavailable' in spec) {
    reasons.push('minAvailable and maxUnavailable exclude each other')
  }
  if (object.kind === 'Service') {
    const { ports = [] } = object.spec as { ports?: { port?: unknown; targetPort?: unknown }[] }
    for (const number of ports.flatMap(({ port, targetPort }) => [port, targetPort])) {
      if (typeof number === 'number' && !isPort(number)) reasons.push(`${number} is no port: 1 to 65535 are`)
    }
  }
  return object.kind === 'Deployment' ? [...reasons, ...deploymentReasons(object as Deployment)] : reasons
}

const isPort = (number: number) => Number.isInteger(number) && number >= 1 && number <= 65535

function deploymentReasons({ spec }: Deployment): string[] {
  const reasons: string[] = []
  if ((spec.replicas ?? 1) < 0) reasons.push(`replicas is ${spec.replicas}: it must not be negative`)
  const labels = spec.template.metadata?.labels ?? {}
  for (const [key, value] of Object.entries(spec.selector?.matchLabels ?? {})) {
    if (labels[key] !== value) reasons.push('`selector` does not match template `labels`')
  }
  const rolling = (spec.strategy as { rollingUpdate?: Record<string, unknown> } | undefined)?.rollingUpdate
  const isZero = (value: unknown) => value === 0 || value === '0%'
  if (rolling && isZero(rolling.maxSurge) && isZero(rolling.maxUnavailable)) {
    reasons.push('maxUnavailable may not be 0 when `maxSurge` is 0')
  }
  for (const container of spec.template.spec.containers) {
    for (const [resource, wanted] of Object.entries(container.resources?.requests ?? {})) {
      const limit = parseQuantity(container.resources?.limits?.[resource])
      if (limit !== undefined && (parseQuantity(wanted) ?? 0) > limit) {
        reasons.push(`the ${resource} request ${wanted} of ${container.name} is above its limit`)
      }
    }
    for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      const probe = (container as unknown as Record<string, unknown>)[name] as
        | { httpGet?: { port?: unknown }; tcpSocket?: { port?: unknown }; successThreshold?: number }
        | undefined
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port
      if (typeof port === 'number' && !isPort(port)) reasons.push(`${name} asks port ${port}`)
      if (name !== 'readinessProbe' && (probe?.successThreshold ?? 1) !== 1) {
        reasons.push(`the successThreshold of a ${name} must be 1`)
      }
    }
  }
  return reasons
}
