import type { EndpointSlice, Service } from '../objects/types.ts'
import type { Store } from '../store/store.ts'

/** Where one endpoint of a Service listens. */
export interface EndpointAddress {
  address: string
  port: number
}

/** The ready endpoints behind a port of a Service, given by number or name; undefined when it has no such port. */
export function readyEndpoints(store: Store, service: Service, port: string): EndpointAddress[] | undefined {
  const { name, namespace } = service.metadata
  const ports = service.spec?.ports ?? []
  const named = ports.find((candidate) => candidate.name === port || String(candidate.port) === port)
  const wanted = port === '' && ports.length === 1 ? ports[0] : named
  if (wanted === undefined) return undefined
  const endpoints: EndpointAddress[] = []
  for (const slice of store.list('endpointslices.discovery.k8s.io', `${namespace}/`) as unknown as EndpointSlice[]) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue
    const found = slice.ports?.find((candidate) => (candidate.name ?? '') === (wanted.name ?? ''))
    if (found?.port === undefined) continue
    for (const { addresses, conditions } of slice.endpoints ?? []) {
      const [address] = addresses ?? []
      if (conditions?.ready !== false && address) endpoints.push({ address, port: found.port })
    }
  }
  return endpoints
}
