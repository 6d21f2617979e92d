// The healthy application as it was before the injection: what repairs are measured against.
import type { KindName } from '../kubernetes/kinds.ts'
import { findController, type KubeObject, nameOf, type PodSpec } from '../kubernetes/objects.ts'
import { normalise } from './normalise.ts'
import type { Objects } from './world.ts'

/** Objects that students own or may touch; what controllers derive from them is left out. */
export const baselineKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'Ingress',
  'ConfigMap',
  'Secret',
  'PersistentVolumeClaim',
  'Job',
  'CronJob',
  'NetworkPolicy',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ResourceQuota',
  'LimitRange',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Namespace',
] as const satisfies readonly KindName[]

/** A task written before the injection, to be found again afterwards. */
export interface Canary {
  id: number
  title: string
  createdAt: string
}

export interface Baseline {
  capturedAt: string
  /** Normalised, by `Kind/name`. */
  objects: Record<string, KubeObject>
  /** What the scenario is about outside the namespace, in the same way, by `kube-system/Kind/name`. */
  beyond?: Record<string, KubeObject>
  /** uid and volume of each claim, by name. */
  claims: Record<string, { uid: string; volumeName: string }>
  canary: Canary | null
  /** All tasks at that time, for a reset. */
  tasks: TaskRow[]
}

/** A task as the API lists it. */
export interface TaskRow {
  id: number
  title: string
  description?: string | null
  status?: string
  created_at?: string
}

/** The label on what the lab itself puts into the namespace. */
export const labLabel = 'taskmaster-lab.dev/part'

/** Whether the lab or the cluster put it there, so that it is nobody's change. */
export function isBackground(object: KubeObject): boolean {
  if (object.metadata.labels?.[labLabel]) return true
  if (findController(object)) return true
  if (object.kind === 'ServiceAccount') return object.metadata.name === 'default'
  if (object.kind === 'ConfigMap') {
    return object.metadata.name === 'kube-root-ca.crt' || object.metadata.name === 'openshift-service-ca.crt'
  }
  return object.kind === 'Secret' && object.type === 'kubernetes.io/service-account-token'
}

/** The objects of the namespace that count, normalised, by `Kind/name`. */
export function captureObjects(world: Objects): Record<string, KubeObject> {
  const objects: Record<string, KubeObject> = {}
  for (const kind of baselineKinds) {
    for (const object of world.list(kind)) {
      if (!isBackground(object)) objects[nameOf(object)] = normalise(object)
    }
  }
  return objects
}

/** Captures everything that a repair will be measured against. */
export function captureBaseline(
  world: Objects,
  data: { canary: Canary | null; tasks: TaskRow[] },
  now: Date,
): Baseline {
  const claims: Baseline['claims'] = {}
  for (const claim of world.list('PersistentVolumeClaim')) {
    const spec = claim.spec as { volumeName?: string }
    claims[claim.metadata.name] = { uid: claim.metadata.uid ?? '', volumeName: spec.volumeName ?? '' }
  }
  return { capturedAt: now.toISOString(), objects: captureObjects(world), claims, ...data }
}

/** A baseline object by name, typed by its reader. */
export function baselineObject<T extends KubeObject>(baseline: Baseline, kind: KindName, name: string): T | undefined {
  return baseline.objects[`${kind}/${name}`] as T | undefined
}

/** All baseline objects of a kind. */
export function baselineObjects<T extends KubeObject>(baseline: Baseline, kind: KindName): T[] {
  return Object.values(baseline.objects).filter((object) => object.kind === kind) as T[]
}

/** The pod specs of an application by workload: Deployments, StatefulSets, DaemonSets, Jobs and CronJobs. */
export function podTemplateOf(object: KubeObject): { metadata?: KubeObject['metadata']; spec: PodSpec } | undefined {
  const spec = object.spec as {
    template?: { spec: PodSpec }
    jobTemplate?: { spec?: { template?: { spec: PodSpec } } }
  }
  return spec?.template ?? spec?.jobTemplate?.spec?.template
}
