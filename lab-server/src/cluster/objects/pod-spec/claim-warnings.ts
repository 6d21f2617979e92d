// What an API server warns of in claims and volumes.
import type { PersistentVolume, PersistentVolumeClaim } from '../types.ts'
import { fractionWarnings } from './fraction-warnings.ts'
import { nodeSelectorWarnings } from './scheduling-warnings.ts'

const classAnnotation = 'volume.beta.kubernetes.io/storage-class'

/** Warnings about what is claimed. */
export function claimSpecWarnings(field: string, spec: PersistentVolumeClaim['spec']): string[] {
  const { requests, limits } = spec?.resources ?? {}
  return [
    ...fractionWarnings(`${field}.resources.requests[storage]`, requests?.storage),
    ...fractionWarnings(`${field}.resources.limits[storage]`, limits?.storage),
  ]
}

/** Warnings about a claim. */
export function claimWarnings({ metadata, spec }: PersistentVolumeClaim): string[] {
  const isOld = metadata.annotations?.[classAnnotation] !== undefined
  const warnings = isOld
    ? [`metadata.annotations[${classAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`]
    : []
  return [...warnings, ...claimSpecWarnings('spec', spec)]
}

/** Warnings about a volume. */
export function volumeWarnings({ metadata, spec }: PersistentVolume): string[] {
  const outdated = {
    [classAnnotation]: 'deprecated since v1.8; use "storageClassName" attribute instead',
    'volume.beta.kubernetes.io/mount-options': 'deprecated since v1.31; use "mountOptions" attribute instead',
  }
  const warnings = Object.entries(outdated)
    .filter(([key]) => metadata.annotations?.[key] !== undefined)
    .map(([key, what]) => `metadata.annotations[${key}]: ${what}`)
  if (spec?.persistentVolumeReclaimPolicy === 'Recycle') {
    const what =
      'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'
    warnings.push(`spec.persistentVolumeReclaimPolicy: ${what}`)
  }
  return [...warnings, ...nodeSelectorWarnings('spec.nodeAffinity.required', spec?.nodeAffinity?.required)]
}
