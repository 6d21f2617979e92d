// Decides what to do with a request, from the Ingress objects alone.
import type { EndpointSlice, Ingress, IngressClass, Service } from '../../objects/types.ts'
import { endpointsOf } from '../routing/plan-routes.ts'
import type { Endpoint } from '../routing/route-table.ts'
import { type IngressOptions, readOptions } from './annotations.ts'
import { choosePath, choosePattern, type PathRule, patternOf } from './path-match.ts'

type Backend = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>

/** Where the controller reads objects. */
export interface IngressWorld {
  ingresses(): Ingress[]
  ingressClasses(): IngressClass[]
  findService(namespace: string, name: string): Service | undefined
  slicesOf(namespace: string, service: string): EndpointSlice[]
  /** Whether a certificate can be served for a host; only then plain requests are sent to HTTPS. */
  hasCertificate?(host: string): boolean
}

export type IngressPlan =
  | { kind: 'forward'; endpoints: Endpoint[]; path: string; upstream: string; options: IngressOptions }
  | { kind: 'redirect'; status: number; location: string }
  /** The controller answers by itself: 404 without a rule, 503 without endpoints. */
  | { kind: 'page'; status: 404 | 503; upstream: string }

const controllerName = 'k8s.io/ingress-nginx'

interface Rule extends PathRule {
  ingress: Ingress
  backend: Backend
  options: IngressOptions
}

/** Plans the answer to one request; `target` is the path with its query. */
export function planIngress(
  world: IngressWorld,
  request: { host: string; target: string; scheme?: 'http' | 'https' },
): IngressPlan {
  const host = request.host.replace(/:\d+$/, '').toLowerCase()
  const { path, query } = splitTarget(request.target)
  const rules = rulesOfHost(
    world.ingresses().filter((ingress) => isOurs(ingress, world.ingressClasses())),
    host,
  )
  const usesPatterns = rules.some(({ options }) => options.usesPatterns)
  const rule = usesPatterns ? choosePattern(rules, path) : choosePath(rules, path)
  if (!rule) return { kind: 'page', status: 404, upstream: 'upstream-default-backend' }

  const { options, ingress } = rule
  if (options.permanentRedirect) return { kind: 'redirect', status: 301, location: options.permanentRedirect }
  const hasTls = (ingress.spec?.tls ?? []).some(({ hosts }) => (hosts ?? []).includes(host))
  const redirects = options.forcesTls || (options.redirectsToTls && hasTls && world.hasCertificate?.(host) === true)
  if (redirects && request.scheme !== 'https') {
    return { kind: 'redirect', status: 308, location: `https://${host}${request.target}` }
  }
  const rewritten = rewritePath(rule, path)
  const backend = planBackend(world, ingress, rule.backend)
  return backend.kind === 'page' ? backend : { ...backend, path: rewritten + query, options }
}

/** Whether an Ingress is for this controller: by its class, or by the annotation that came before classes. */
export function isOurs({ spec, metadata }: Ingress, classes: IngressClass[]): boolean {
  const name = spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class']
  if (name === undefined) return false
  const known = classes.find((one) => one.metadata.name === name)
  return known ? known.spec?.controller === controllerName : name === 'nginx'
}

/** Rules of the most specific host that any Ingress names: the host itself, a wildcard, then the catch-all. */
function rulesOfHost(ingresses: Ingress[], host: string): Rule[] {
  const wildcard = host.replace(/^[^.]+\./, '*.')
  for (const candidate of [host, wildcard, '']) {
    const rules = ingresses.flatMap((ingress) => rulesFor(ingress, candidate))
    if (rules.length > 0) return rules
  }
  return []
}

function rulesFor(ingress: Ingress, host: string): Rule[] {
  const options = readOptions(ingress)
  const rules = (ingress.spec?.rules ?? [])
    .filter((rule) => (rule.host ?? '').toLowerCase() === host)
    .flatMap((rule) => rule.http?.paths ?? [])
    .map(({ path, pathType, backend }) => ({
      path: path || '/',
      pathType: (pathType ?? 'ImplementationSpecific') as PathRule['pathType'],
      backend,
      ingress,
      options,
    }))
  const fallback = host === '' ? ingress.spec?.defaultBackend : undefined
  return fallback ? [...rules, { path: '/', pathType: 'Prefix', backend: fallback, ingress, options }] : rules
}

function rewritePath({ options, path: pattern }: Rule, path: string): string {
  if (options.rewriteTarget === undefined) return path
  const expression = patternOf(pattern)
  const groups = expression?.exec(path) ?? []
  return options.rewriteTarget.replaceAll(/\$(\d)/g, (_, index) => groups[Number(index)] ?? '') || '/'
}

function planBackend(world: IngressWorld, { metadata }: Ingress, { service }: Backend) {
  const namespace = metadata.namespace ?? ''
  const name = service?.name ?? ''
  const upstream = `${namespace}-${name}-${service?.port?.number ?? service?.port?.name ?? ''}`
  const unavailable = { kind: 'page' as const, status: 503 as const, upstream }
  const found = world.findService(namespace, name)
  if (!found) return unavailable
  const port = (found.spec?.ports ?? []).find((one) =>
    service?.port?.number === undefined ? one.name === service?.port?.name : one.port === service.port.number,
  )
  const endpoints = port ? endpointsOf(world.slicesOf(namespace, name), port) : []
  if (endpoints.length === 0) return unavailable
  return { kind: 'forward' as const, endpoints, upstream }
}

function splitTarget(target: string): { path: string; query: string } {
  const at = target.indexOf('?')
  const raw = at < 0 ? target : target.slice(0, at)
  return { path: normalizePath(raw), query: at < 0 ? '' : target.slice(at) }
}

/** As nginx does before it looks for a location: doubled slashes and dot segments are gone. */
function normalizePath(raw: string): string {
  const path = URL.parse(raw.replace(/^\/+/, '/'), 'http://localhost')?.pathname ?? '/'
  return path.replaceAll(/\/{2,}/g, '/')
}
