// After a restart: Services keep their addresses, unless the cluster's range is another one now because
// somebody else took it meanwhile. Then they get new ones, as if the cluster had moved.
import type { Service } from '../objects/types.ts'
import type { Store } from '../store/store.ts'
import { allocatedAddresses } from './admission/service-allocation.ts'
import type { ServiceAddresses } from './registry-core.ts'

/** Claims the address of every stored Service anew. */
export function reclaimAddresses(store: Store, addresses: ServiceAddresses): void {
  for (const stored of store.list('services')) {
    const [wanted] = allocatedAddresses([stored])
    if (wanted === undefined) continue
    try {
      addresses.claimServiceIp(wanted)
    } catch {
      const service = structuredClone(stored) as unknown as Service
      const address = claimCounterpart(addresses, wanted)
      service.spec = { ...service.spec, clusterIP: address, clusterIPs: [address] }
      const key = `${service.metadata.namespace}/${service.metadata.name}`
      store.update('services', key, service as unknown as typeof stored, stored.metadata.resourceVersion ?? '')
    }
  }
}

/** The address at the same place of the new range, which some Services are known by (DNS is the tenth), else any. */
function claimCounterpart(addresses: ServiceAddresses, old: string): string {
  const range = addresses.serviceCidr?.split('.').slice(0, 3).join('.')
  try {
    return addresses.claimServiceIp(range && `${range}.${old.split('.')[3]}`)
  } catch {
    return addresses.claimServiceIp()
  }
}
