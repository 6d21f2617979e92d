// What every verb works with: the store, the kinds, the rules. One per cluster.
import type { Socket } from 'node:net'
import type { ObjectKey } from '../client.ts'
import type { Clock } from '../clock.ts'
import type { KindDefinition } from '../objects/kind-definition.ts'
import type { KindTable } from '../objects/kind-table.ts'
import type { KubeObject } from '../objects/types.ts'
import type { Store } from '../store/store.ts'
import type { AdmissionChain } from './admission/chain.ts'
import { notFound } from './errors.ts'
import type { PatchEngine } from './patch-engine.ts'
import { storageVersionOf } from './storage-version.ts'

/** Addresses and ports that Services claim. */
export interface ServiceAddresses {
  /** Takes the wanted address, or any free one; throws an Error with upstream's reason when it cannot be had. */
  claimServiceIp(wanted?: string): string
  releaseServiceIp(ip: string): void
  /** Where Services live, e.g. `10.43.0.0/16`; its first address is the API server's. */
  readonly serviceCidr?: string
  /** Where pods and nodes live, e.g. `10.42.0.0/16`: all that the API server connects to. */
  readonly hostCidrs?: string[]
  /** Where pods reach the API server, when they cannot where it listens. */
  readonly apiServer?: { host: string; port: number }
  /** Opens a connection to a pod's address, for the proxy subresource; without it nothing is reachable. */
  dial?(address: string, port: number, timeoutMs?: number): Promise<Socket>
}

/** Everything the verbs share. */
export interface RegistryCore {
  store: Store
  kinds: KindTable
  clock: Clock
  admission: AdmissionChain
  patches: PatchEngine
  /** Brings an object into the form in which it is stored: canonical quantities, no unknown fields. */
  normalize(kind: KindDefinition, object: KubeObject): void
  /** The same object with its fields in the order in which upstream writes them. */
  arrange(kind: KindDefinition, object: KubeObject): KubeObject
  /** Called after an object is gone for good, e.g. to give back a Service's address. */
  onRemoved(kind: KindDefinition, object: KubeObject): void
}

/** The key of an object in its bucket. */
export function storeKey(kind: KindDefinition, key: ObjectKey): string {
  return kind.namespaced ? `${key.namespace ?? ''}/${key.name}` : key.name
}

/** The stored object in the kind's own version, or undefined. */
export function findObject(core: RegistryCore, kind: KindDefinition, key: ObjectKey): KubeObject | undefined {
  const storage = storageVersionOf(kind)
  const stored = core.store.find(storage.bucket, storeKey(kind, key))
  return stored && storage.fromStored(stored)
}

/** The stored object in the kind's own version, or 404. */
export function getObject(core: RegistryCore, kind: KindDefinition, key: ObjectKey): KubeObject {
  const object = findObject(core, kind, key)
  if (object === undefined) throw notFound(kind, key.name)
  return object
}
