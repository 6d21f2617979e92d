// Rules for what a volume is made of.
import { claimSpecErrors } from '../core/claim-validation.ts'
import type { FieldError } from '../kind-definition.ts'
import { quantityOf } from '../quantity.ts'
import type { Volume } from '../types.ts'
import { forbidden, invalid, notSupported, required } from '../validation/errors.ts'
import { backstepErrors, fileErrors, modeErrors } from './file-validation.ts'
import { downwardFileErrors, projectedErrors } from './projected-validation.ts'

type Type = Exclude<keyof Volume, 'name'>

const order =
  'emptyDir hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker persistentVolumeClaim rbd cinder cephfs quobyte downwardAPI fc flexVolume configMap azureFile vsphereVolume photonPersistentDisk portworxVolume azureDisk storageos projected scaleIO csi ephemeral image'
/** Upstream misspells two of them. */
const misspelled: Partial<Record<Type, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

/** The types of volumes in the order in which they are looked for, with the names that messages have for them. */
export const volumeTypes = (order.split(' ') as Type[]).map((type) => ({ type, shownAs: misspelled[type] ?? type }))

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

/** Checks the source of a volume, the first of its type's fields that is set. */
export function volumeSourceErrors(field: string, volume: Volume): FieldError[] {
  const { emptyDir, secret, configMap, persistentVolumeClaim, downwardAPI, projected, csi, ephemeral } = volume
  if (emptyDir) {
    const isNegative = quantityOf(emptyDir.sizeLimit).nano < 0n
    return isNegative ? [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')] : []
  }
  if (volume.hostPath) return hostPathErrors(field, volume.hostPath)
  if (secret) {
    return [...(secret.secretName ? [] : [required(`${field}.secretName`)]), ...filesErrors(field, secret)]
  }
  if (volume.nfs) return nfsErrors(field, volume.nfs)
  if (persistentVolumeClaim) return persistentVolumeClaim.claimName ? [] : [required(`${field}.claimName`)]
  if (downwardAPI) {
    const items = downwardAPI.items ?? []
    // Upstream does not say which of the files it means.
    return [
      ...modeErrors(`${field}.defaultMode`, downwardAPI.defaultMode),
      ...items.flatMap((file) => downwardFileErrors(field, file)),
    ]
  }
  if (configMap) return [...(configMap.name ? [] : [required(`${field}.name`)]), ...filesErrors(field, configMap)]
  if (projected) return projectedErrors(field, projected)
  if (csi) return csi.driver ? [] : [required(`${field}.driver`)]
  if (ephemeral) {
    const template = `${field}.volumeClaimTemplate`
    if (!ephemeral.volumeClaimTemplate) return [required(template)]
    return claimSpecErrors(`${template}.spec`, ephemeral.volumeClaimTemplate.spec)
  }
  return []
}

/** Rules for a directory of the node, in a pod or a PersistentVolume. */
export function hostPathErrors(field: string, { path, type }: NonNullable<Volume['hostPath']>): FieldError[] {
  if (!path) return [required(`${field}.path`)]
  const errors = backstepErrors(`${field}.path`, path)
  const isKnown = type === undefined || hostPathTypes.includes(type)
  return isKnown ? errors : [...errors, notSupported(`${field}.type`, type, hostPathTypes)]
}

/** Rules for a directory of another machine, in a pod or a PersistentVolume. */
export function nfsErrors(field: string, { server, path }: NonNullable<Volume['nfs']>): FieldError[] {
  const errors = server ? [] : [required(`${field}.server`)]
  if (!path) errors.push(required(`${field}.path`))
  if (!path?.startsWith('/')) errors.push(invalid(`${field}.path`, path ?? '', 'must be an absolute path'))
  return errors
}

type Files = { items?: { key: string; path: string; mode?: number }[]; defaultMode?: number }

function filesErrors(field: string, { items, defaultMode }: Files): FieldError[] {
  const files = (items ?? []).flatMap((item, i) => fileErrors(`${field}.items[${i}]`, item))
  return [...modeErrors(`${field}.defaultMode`, defaultMode), ...files]
}
