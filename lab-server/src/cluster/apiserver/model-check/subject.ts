// The four kinds that the clients write, and how the checker looks at an object: as a handful of fields.
import type { KindDefinition } from '../../objects/kind-definition.ts'
import { kinds } from '../../objects/kinds.ts'
import type { KubeObject } from '../../objects/types.ts'

/** What the checker knows of an object. Two objects that agree in this are the same to it. */
export interface ObjectState {
  uid: string
  /** The contested fields that are set. */
  fields: Record<string, string>
  finalizers: string[]
  isDeleting: boolean
  generation?: number
  /** Of the status subresource; only Deployments have one here. */
  status?: string
}

/** One of the kinds under test. */
export interface Subject {
  name: string
  /** The faces under which it is served; the first is written, all are watched. */
  faces: KindDefinition[]
  namespaced: boolean
  /** Where each contested field lives. */
  paths: Record<string, string[]>
  /** The fields that `metadata.generation` counts. */
  counted: string[]
  hasStatus: boolean
  /** What every object of the kind has beside the contested fields. */
  base(): Record<string, unknown>
}

/** The fields that clients fight over. `team` is a label, for selectors. */
export const fieldNames = ['team', 'a', 'b', 'c'] as const

const team = { team: ['metadata', 'labels', 'team'] }

function pathsUnder(...parent: string[]): Record<string, string[]> {
  return { ...team, a: [...parent, 'a'], b: [...parent, 'b'], c: [...parent, 'c'] }
}

function kindAt(group: string, version: string, plural: string): KindDefinition {
  const found = kinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural)
  if (found === undefined) throw new Error(`no kind ${plural}.${version}.${group}`)
  return found
}

const template = { labels: { app: 'x' }, annotations: { always: 'there' } }

/** A kind with data, one with a status and a generation, one with two faces, and a cluster-scoped one. */
export const subjects: Subject[] = [
  {
    name: 'ConfigMap',
    faces: [kindAt('', 'v1', 'configmaps')],
    namespaced: true,
    paths: pathsUnder('data'),
    counted: [],
    hasStatus: false,
    base: () => ({ data: { always: 'there' } }),
  },
  {
    name: 'Deployment',
    faces: [kindAt('apps', 'v1', 'deployments')],
    namespaced: true,
    paths: pathsUnder('spec', 'template', 'metadata', 'annotations'),
    counted: ['a', 'b', 'c'],
    hasStatus: true,
    base: () => ({
      spec: {
        selector: { matchLabels: { app: 'x' } },
        template: { metadata: structuredClone(template), spec: { containers: [{ name: 'main', image: 'busybox' }] } },
      },
    }),
  },
  {
    name: 'HorizontalPodAutoscaler',
    faces: [
      kindAt('autoscaling', 'v2', 'horizontalpodautoscalers'),
      kindAt('autoscaling', 'v1', 'horizontalpodautoscalers'),
    ],
    namespaced: true,
    paths: pathsUnder('metadata', 'annotations'),
    counted: [],
    hasStatus: false,
    base: () => ({
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' }, maxReplicas: 3 },
    }),
  },
  {
    name: 'ClusterRole',
    faces: [kindAt('rbac.authorization.k8s.io', 'v1', 'clusterroles')],
    namespaced: false,
    paths: pathsUnder('metadata', 'annotations'),
    counted: [],
    hasStatus: false,
    base: () => ({ rules: [] }),
  },
]

/** An object of the kind with these fields set. */
export function objectWith(
  subject: Subject,
  name: string,
  namespace: string,
  fields: Record<string, string>,
): KubeObject {
  const [face] = subject.faces
  const metadata = {
    name,
    ...(subject.namespaced ? { namespace } : {}),
    labels: { always: 'there' },
    annotations: { always: 'there' },
  }
  const apiVersion = face?.group ? `${face.group}/${face.version}` : (face?.version ?? '')
  const object = { apiVersion, kind: face?.kind ?? '', metadata, ...subject.base() } as KubeObject
  for (const [field, value] of Object.entries(fields)) write(object, subject.paths[field] ?? [], value)
  return object
}

/** A merge patch that sets the given fields, or removes those that are null. */
export function mergePatchOf(subject: Subject, fields: Record<string, string | null>): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(fields)) write(patch, subject.paths[field] ?? [], value)
  return patch
}

/** The JSON pointer of a field. */
export function pointerOf(subject: Subject, field: string): string {
  return `/${(subject.paths[field] ?? []).join('/')}`
}

/** Reads what the checker knows of an object. */
export function stateOf(subject: Subject, object: KubeObject): ObjectState {
  const fields: Record<string, string> = {}
  for (const field of fieldNames) {
    const value = read(object, subject.paths[field] ?? [])
    if (typeof value === 'string') fields[field] = value
  }
  const { uid = '', finalizers = [], deletionTimestamp, generation } = object.metadata
  const replicas = (object.status as { replicas?: number } | undefined)?.replicas
  return {
    uid,
    fields,
    finalizers: [...finalizers],
    isDeleting: deletionTimestamp !== undefined,
    ...(subject.counted.length > 0 ? { generation } : {}),
    ...(subject.hasStatus && replicas !== undefined ? { status: String(replicas) } : {}),
  }
}

function write(target: object, path: string[], value: unknown): void {
  let at = target as Record<string, unknown>
  for (const part of path.slice(0, -1)) {
    at[part] ??= {}
    at = at[part] as Record<string, unknown>
  }
  at[path.at(-1) ?? ''] = value
}

function read(target: object, path: string[]): unknown {
  let at: unknown = target
  for (const part of path) at = (at as Record<string, unknown> | undefined)?.[part]
  return at
}
