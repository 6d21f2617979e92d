// Builds the services' part of the route table from Services and EndpointSlices.
import type { EndpointSlice, Service } from '../../objects/types.ts'
import type { Endpoint, RouteTable, ServiceRoute } from './route-table.ts'

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number]
type SliceEndpoint = NonNullable<EndpointSlice['endpoints']>[number]

/** Plans the routes of all services, by service address and by node port. */
export function planRoutes(services: Service[], slices: EndpointSlice[]): Pick<RouteTable, 'services' | 'nodePorts'> {
  const routes: Pick<RouteTable, 'services' | 'nodePorts'> = { services: {}, nodePorts: {} }
  const slicesOf = Map.groupBy(slices, sliceOwner)
  for (const service of services) {
    const { clusterIP, type } = service.spec ?? {}
    if (type === 'ExternalName' || !clusterIP || clusterIP === 'None') continue
    const own = slicesOf.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? []
    for (const port of service.spec?.ports ?? []) {
      const route: ServiceRoute = { endpoints: endpointsOf(own, port), ...affinityOf(service) }
      const protocol = port.protocol ?? 'TCP'
      routes.services[`${clusterIP}:${port.port}/${protocol}`] = route
      if (port.nodePort) routes.nodePorts[`${port.nodePort}/${protocol}`] = route
    }
  }
  return routes
}

/** The addresses that serve one port of a service, in the order of the slices. */
export function endpointsOf(slices: EndpointSlice[], port: Pick<ServicePort, 'name'>): Endpoint[] {
  const usable = slices
    .filter(({ addressType }) => addressType === 'IPv4')
    .flatMap((slice) => {
      const number = (slice.ports ?? []).find(({ name }) => (name ?? '') === (port.name ?? ''))?.port
      if (number === undefined) return []
      return (slice.endpoints ?? []).map((endpoint) => ({ endpoint, number }))
    })
  const ready = usable.filter(({ endpoint }) => endpoint.conditions?.ready !== false)
  // Same as kube-proxy: when only terminating pods are left, those that still serve take the traffic.
  const chosen = ready.length > 0 ? ready : usable.filter(({ endpoint }) => isServingLast(endpoint))
  return chosen.flatMap(({ endpoint, number }) => endpoint.addresses.map((ip) => ({ ip, port: number })))
}

function isServingLast({ conditions }: SliceEndpoint): boolean {
  return conditions?.serving === true && conditions.terminating === true
}

/** `namespace/name` of the service that a slice belongs to. */
export function sliceOwner({ metadata }: EndpointSlice): string {
  return `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`
}

function affinityOf({ spec }: Service): Pick<ServiceRoute, 'affinitySeconds'> {
  if (spec?.sessionAffinity !== 'ClientIP') return {}
  return { affinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800 }
}
