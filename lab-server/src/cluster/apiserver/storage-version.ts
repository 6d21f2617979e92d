// Where the objects of a kind are kept. Most are stored as they are served; some are a second face of another kind's objects.
import type { KindDefinition } from '../objects/kind-definition.ts'
import type { KubeObject } from '../objects/types.ts'

/** Where and how the objects of a kind are stored. */
export interface StorageVersion {
  bucket: string
  toStored(object: KubeObject): KubeObject
  /** The object as this kind serves it. The stored object itself where nothing differs. */
  fromStored(object: KubeObject): KubeObject
}

/** `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: Pick<KindDefinition, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}

/** Splits `apps/v1` into group and version; `v1` is of the core group. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  if (slash < 0) return { group: '', version: apiVersion }
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** Finds how a kind is stored. Versions that differ in nothing but the version share a bucket. */
export function storageVersionOf(kind: KindDefinition): StorageVersion {
  if (kind.storedAs) {
    const { toStored, fromStored } = kind.storedAs
    return { bucket: bucketName(kind.storedAs), toStored, fromStored }
  }
  const apiVersion = apiVersionOf(kind)
  return {
    bucket: bucketName(kind),
    toStored: (object) => object,
    fromStored: (object) => (object.apiVersion === apiVersion ? object : { ...object, apiVersion }),
  }
}

function bucketName({ group, plural }: { group: string; plural: string }): string {
  return group === '' ? plural : `${plural}.${group}`
}
