// What the subresources of a pod may change of it, each its own part of the spec.
import type { KubeObject, Pod } from '../../objects/types.ts'

/** The stored pod with the part replaced that `ephemeralcontainers` or `resize` may replace; undefined for other parts. */
export function withPodPart(
  subresource: string | undefined,
  wanted: KubeObject,
  kept: KubeObject,
): KubeObject | undefined {
  const pod = kept as unknown as Pod
  const { spec } = wanted as unknown as Pod
  if (pod.spec === undefined || spec === undefined) return undefined
  if (subresource === 'ephemeralcontainers') {
    return { ...kept, spec: { ...pod.spec, ephemeralContainers: spec.ephemeralContainers } }
  }
  if (subresource !== 'resize') return undefined
  const resized = (containers: typeof spec.containers | undefined, others: typeof spec.containers | undefined) =>
    containers?.map((container) => {
      const other = others?.find(({ name }) => name === container.name)
      return other ? { ...container, resources: other.resources } : container
    })
  return {
    ...kept,
    spec: {
      ...pod.spec,
      containers: resized(pod.spec.containers, spec.containers),
      ...(pod.spec.initContainers ? { initContainers: resized(pod.spec.initContainers, spec.initContainers) } : {}),
    },
  }
}
