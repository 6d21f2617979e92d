import type { Pod } from '../objects/types.ts'
import { podContainers } from './pod-containers.ts'

/** The kinds of objects that a pod waits for. */
export type SourceKind = 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim'

/** Tells whether the pod's environment, volumes or pulls name the object. */
export function referencesObject(pod: Pod, kind: SourceKind, name: string): boolean {
  return referencedNames(pod, kind).includes(name)
}

function referencedNames(pod: Pod, kind: SourceKind): (string | undefined)[] {
  const volumes = pod.spec?.volumes ?? []
  if (kind === 'PersistentVolumeClaim') {
    return volumes.map(({ name, ephemeral, persistentVolumeClaim }) =>
      ephemeral ? `${pod.metadata.name}-${name}` : persistentVolumeClaim?.claimName,
    )
  }
  const specs = podContainers(pod).map(({ spec }) => spec)
  const projected = volumes.flatMap((volume) => volume.projected?.sources ?? [])
  if (kind === 'ConfigMap') {
    return [
      ...volumes.map(({ configMap }) => configMap?.name),
      ...projected.map(({ configMap }) => configMap?.name),
      ...specs.flatMap(({ envFrom = [] }) => envFrom.map(({ configMapRef }) => configMapRef?.name)),
      ...specs.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name)),
    ]
  }
  return [
    ...volumes.map(({ secret }) => secret?.secretName),
    ...projected.map(({ secret }) => secret?.name),
    ...specs.flatMap(({ envFrom = [] }) => envFrom.map(({ secretRef }) => secretRef?.name)),
    ...specs.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name)),
    ...(pod.spec?.imagePullSecrets ?? []).map(({ name: secret }) => secret),
  ]
}
