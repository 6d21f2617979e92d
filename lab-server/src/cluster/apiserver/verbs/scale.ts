// The scale subresource: one number of an object, in the shape of autoscaling/v1 Scale, whatever the object.

import type { ObjectKey } from '../../client.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import { formatRequirements, selectorRequirements } from '../../objects/selectors.ts'
import type { KubeObject, LabelSelector } from '../../objects/types.ts'
import { plainCopy } from '../../store/frozen-json.ts'
import { badRequest, invalid, noSuchPath } from '../errors.ts'
import type { RegistryCore } from '../registry-core.ts'
import type { WriteContext } from '../request-context.ts'
import { updateObject } from './update.ts'

/** The Scale of an object. */
export function scaleOf(kind: KindDefinition, object: KubeObject): KubeObject {
  const paths = kind.subresources.scale
  if (!paths) throw noSuchPath()
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector = paths.selector ? selectorText(readPath(object, paths.selector)) : undefined
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberAt(object, paths.replicas) },
    status: { replicas: numberAt(object, paths.statusReplicas), ...(selector ? { selector } : {}) },
  }
}

/** Writes the wanted number of replicas; returns the whole object. */
export async function writeScale(
  core: RegistryCore,
  kind: KindDefinition,
  key: ObjectKey,
  input: { replicas: unknown; resourceVersion?: string; context: WriteContext },
): Promise<KubeObject> {
  const paths = kind.subresources.scale
  if (!paths) throw noSuchPath()
  const { replicas } = input
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw badRequest('spec.replicas must be an integer')
  }
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, key.name, [
      { field: 'spec.replicas', type: 'FieldValueInvalid', message },
    ])
  }
  return updateObject(core, kind, key, {
    context: input.context,
    subresource: 'scale',
    change(current) {
      const object = plainCopy(current)
      if (input.resourceVersion) object.metadata.resourceVersion = input.resourceVersion
      writePath(object, paths.replicas, replicas)
      return object
    },
  })
}

function selectorText(selector: unknown): string | undefined {
  if (typeof selector === 'string') return selector
  if (typeof selector !== 'object' || selector === null) return undefined
  const isFull = 'matchLabels' in selector || 'matchExpressions' in selector
  const full = (isFull ? selector : { matchLabels: selector }) as LabelSelector
  return formatRequirements(selectorRequirements(full))
}

function segments(path: string): string[] {
  return path.split('.').filter((part) => part !== '')
}

function readPath(object: unknown, path: string): unknown {
  let value = object
  for (const part of segments(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string, unknown>)[part]
  }
  return value
}

function numberAt(object: KubeObject, path: string): number {
  const value = readPath(object, path)
  return typeof value === 'number' ? value : 0
}

function writePath(object: KubeObject, path: string, value: unknown): void {
  const parts = segments(path)
  let target: Record<string, unknown> = object
  for (const part of parts.slice(0, -1)) {
    if (!Object.hasOwn(target, part)) target[part] = {}
    target = target[part] as Record<string, unknown>
  }
  const last = parts.at(-1)
  if (last !== undefined) target[last] = value
}
