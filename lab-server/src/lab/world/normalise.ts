// What a person wrote, without what the cluster adds: two objects that mean the same come out equal.
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../kubernetes/objects.ts'

const serverMetadata = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
  'finalizers',
]
const serverAnnotations = [
  'deployment.kubernetes.io/',
  'kubectl.kubernetes.io/last-applied-configuration',
  'pv.kubernetes.io/',
  'volume.kubernetes.io/',
  'volume.beta.kubernetes.io/',
]
const serverSpec: Record<string, string[]> = {
  Service: ['clusterIP', 'clusterIPs', 'healthCheckNodePort'],
  PersistentVolumeClaim: ['volumeName'],
  Namespace: ['finalizers'],
}

/** A copy without server-set fields, with keys in a stable order. */
export function normalise(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object
  const copy = structuredClone(rest) as KubeObject
  const metadata = copy.metadata as unknown as Record<string, unknown>
  for (const field of serverMetadata) delete metadata[field]
  if (copy.metadata.annotations) {
    copy.metadata.annotations = Object.fromEntries(
      Object.entries(copy.metadata.annotations).filter(
        ([key]) => !serverAnnotations.some((prefix) => key.startsWith(prefix)),
      ),
    )
    if (Object.keys(copy.metadata.annotations).length === 0) delete copy.metadata.annotations
  }
  if (copy.metadata.labels) {
    delete copy.metadata.labels['kubernetes.io/metadata.name']
    if (Object.keys(copy.metadata.labels).length === 0) delete copy.metadata.labels
  }
  const spec = copy.spec
  if (isMapping(spec)) for (const field of serverSpec[copy.kind] ?? []) delete spec[field]
  return sorted(copy) as KubeObject
}

/** Whether two objects mean the same, server-set fields aside. */
export function isSame(one: KubeObject, other: KubeObject): boolean {
  return JSON.stringify(normalise(one)) === JSON.stringify(normalise(other))
}

/** One field that differs between two values; `undefined` where it is absent. */
export interface FieldChange {
  path: string
  before: unknown
  after: unknown
}

/**
 * The fields that differ, as paths such as `spec.template.spec.containers[backend].image`. The order of keys is none: a
 * database gives back another one.
 */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return []
  if (isMapping(before) && isMapping(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => fieldChanges(before[key], after[key], path ? `${path}.${key}` : key))
  }
  if (isNamedList(before) && isNamedList(after)) {
    const names = [...new Set([...before, ...after].map((item) => item.name))]
    return names.flatMap((name) =>
      fieldChanges(
        before.find((item) => item.name === name),
        after.find((item) => item.name === name),
        `${path}[${name}]`,
      ),
    )
  }
  return [{ path, before, after }]
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNamedList(value: unknown): value is { name: string }[] {
  if (!Array.isArray(value) || value.length === 0) return false
  const names = value.map((item) => (isMapping(item) && typeof item.name === 'string' ? item.name : undefined))
  return names.every((name) => name !== undefined) && new Set(names).size === names.length
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMapping(value)) return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}
