// Pods and claims of a StatefulSet: who they are follows from their ordinal.
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet } from '../../objects/types.ts'
import { controllerReference } from '../ownership.ts'
import { podFromTemplate } from '../pod-control.ts'

/** The label that names a pod's revision. */
export const revisionLabel = 'controller-revision-hash'

/** The ordinal of a pod of the set, or undefined for a pod with another name. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const prefix = `${set.metadata.name}-`
  const rest = pod.metadata.name?.startsWith(prefix) ? pod.metadata.name.slice(prefix.length) : ''
  return /^\d+$/.test(rest) ? Number(rest) : undefined
}

/** The pod of an ordinal, of a revision's template. */
export function statefulPod(
  set: StatefulSet,
  ordinal: number,
  { name: revision, template }: { name: string; template: PodTemplateSpec },
): Pod {
  const name = `${set.metadata.name}-${ordinal}`
  const pod = podFromTemplate(set, template)
  const { generateName: _, ...metadata } = pod.metadata
  const claimed = (set.spec?.volumeClaimTemplates ?? []).map(({ metadata: { name: volume = '' } = {} }) => ({
    name: volume,
    persistentVolumeClaim: { claimName: `${volume}-${name}` },
  }))
  const others = (pod.spec?.volumes ?? []).filter((volume) => !claimed.some((one) => one.name === volume.name))
  return {
    ...pod,
    metadata: {
      ...metadata,
      name,
      labels: {
        ...metadata.labels,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [revisionLabel]: revision,
      },
    },
    spec: {
      containers: [],
      ...pod.spec,
      hostname: name,
      ...(set.spec?.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(claimed.length + others.length > 0 ? { volumes: [...claimed, ...others] } : {}),
    },
  }
}

/** The claims that the pod of an ordinal uses. */
export function claimsOf(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  const { selector, volumeClaimTemplates = [], persistentVolumeClaimRetentionPolicy } = set.spec ?? {}
  return volumeClaimTemplates.map(({ metadata, spec }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: `${metadata?.name}-${set.metadata.name}-${ordinal}`,
      namespace: set.metadata.namespace ?? '',
      labels: { ...metadata?.labels, ...selector?.matchLabels },
      ...(metadata?.annotations ? { annotations: metadata.annotations } : {}),
      ...(persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete'
        ? { ownerReferences: [{ ...controllerReference(set), controller: false }] }
        : {}),
    },
    ...(spec ? { spec } : {}),
  }))
}
