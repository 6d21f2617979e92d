// What an API server fills into a volume.
import type { Volume } from '../types.ts'
import { defaultPullPolicy } from './container-defaults.ts'

// 0644, which JSON can only say in decimal.
const defaultMode = 420

/** Fills in the defaults of a volume; one without a source is an empty directory. */
export function applyVolumeDefaults(volume: Volume): void {
  if (Object.keys(volume).every((field) => field === 'name')) volume.emptyDir = {}
  const { hostPath, secret, configMap, downwardAPI, projected, ephemeral, image } = volume
  if (hostPath) hostPath.type ??= ''
  for (const files of [secret, configMap, downwardAPI]) if (files) files.defaultMode ??= defaultMode
  applyFieldDefaults(downwardAPI?.items)
  if (projected) {
    projected.defaultMode ??= defaultMode
    for (const source of projected.sources ?? []) {
      applyFieldDefaults(source.downwardAPI?.items)
      if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600
    }
  }
  if (ephemeral?.volumeClaimTemplate) ephemeral.volumeClaimTemplate.spec.volumeMode ??= 'Filesystem'
  if (image?.reference) image.pullPolicy ||= defaultPullPolicy(image.reference)
}

type DownwardItems = NonNullable<Volume['downwardAPI']>['items']

function applyFieldDefaults(items: DownwardItems): void {
  for (const item of items ?? []) {
    if (item.fieldRef) item.fieldRef.apiVersion ||= 'v1'
    if (item.resourceFieldRef) item.resourceFieldRef.divisor ??= '0'
  }
}
