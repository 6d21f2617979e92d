// Finding the pod in whatever is written: pods themselves; templates are admitted when their pods are created.
import type { Container, Pod, PodSpec } from '../../objects/types.ts'
import type { AdmissionRequest } from './chain.ts'

/** The pod that a request creates, as a private object that may be changed; undefined for anything else. */
export function createdPod({
  operation,
  kind,
  subresource,
  object,
}: AdmissionRequest): (Pod & { spec: PodSpec }) | undefined {
  if (operation !== 'CREATE' || subresource !== undefined || kind.group !== '' || kind.kind !== 'Pod') return undefined
  const pod = object as unknown as Pod & { spec: PodSpec }
  return Array.isArray(pod.spec?.containers) ? pod : undefined
}

/** All containers of a pod that run in its course. */
export function containersOf({ containers, initContainers = [] }: PodSpec): Container[] {
  return [...initContainers, ...containers]
}
