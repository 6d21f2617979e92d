// Where an ingress controller would send a request: the rules of the Ingresses, as ingress-nginx reads them.
import type { EndpointSlice, Ingress, IngressBackend, ServiceObject } from '../kubernetes/objects.ts'
import type { Objects } from '../world/world.ts'

/** The Service and the port that answer, or the status that the controller itself gives. */
export type IngressRoute = { service: string; port: string } | { status: 404 | 503 }

type Path = { path?: string; pathType?: string; backend: IngressBackend }

/** The route of a request for `host` and `path` (without its query). */
export function findRoute(
  objects: Objects,
  request: { host: string; path: string; ingressClass: string },
): IngressRoute {
  const ingresses = objects
    .list<Ingress>('Ingress')
    .filter((ingress) => classOf(ingress) === request.ingressClass)
    .sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1))
  const rules = ingresses.flatMap((ingress) => ingress.spec.rules ?? [])
  const named = rules.filter((rule) => rule.host === request.host)
  const applicable = named.length > 0 ? named : rules.filter((rule) => isCovered(rule.host, request.host))
  const paths = applicable.flatMap((rule) => rule.http?.paths ?? [])
  const best = paths.filter((path) => isMatch(path, request.path)).sort(byPrecedence)[0]
  const fallback = ingresses.find((ingress) => ingress.spec.defaultBackend)?.spec.defaultBackend
  const backend = best?.backend ?? fallback
  return backend?.service ? routeOf(objects, backend.service) : { status: 404 }
}

function classOf(ingress: Ingress): string | undefined {
  return ingress.spec.ingressClassName ?? ingress.metadata.annotations?.['kubernetes.io/ingress.class']
}

/** A rule without a host serves every host; `*.example` one label before it. */
function isCovered(rule: string | undefined, host: string): boolean {
  if (!rule) return true
  return rule.startsWith('*.') && host.slice(host.indexOf('.')) === rule.slice(1)
}

function isMatch({ path = '/', pathType }: Path, asked: string): boolean {
  if (pathType === 'Exact') return asked === path
  if (pathType === 'Prefix') {
    const prefix = path.replace(/\/+$/, '')
    return asked === prefix || asked.startsWith(`${prefix}/`)
  }
  return asked.startsWith(path)
}

function byPrecedence(one: Path, other: Path): number {
  const exact = Number(other.pathType === 'Exact') - Number(one.pathType === 'Exact')
  return exact || (other.path ?? '/').length - (one.path ?? '/').length
}

function routeOf(objects: Objects, backend: NonNullable<IngressBackend['service']>): IngressRoute {
  const service = objects.find<ServiceObject>('Service', backend.name)
  const port = service?.spec.ports?.find(({ name, port: number }) =>
    backend.port?.name ? name === backend.port.name : number === backend.port?.number,
  )
  if (!service || !port || !hasReadyEndpoint(objects, backend.name, port.name)) return { status: 503 }
  // The API server's proxy knows ports by name or number; one without a name by its number only.
  return { service: backend.name, port: port.name ?? String(port.port) }
}

function hasReadyEndpoint(objects: Objects, service: string, port: string | undefined): boolean {
  return objects
    .list<EndpointSlice>('EndpointSlice')
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service)
    .filter((slice) => slice.ports?.some(({ name }) => (name ?? '') === (port ?? '')))
    .some((slice) => slice.endpoints?.some((endpoint) => endpoint.conditions?.ready !== false))
}
