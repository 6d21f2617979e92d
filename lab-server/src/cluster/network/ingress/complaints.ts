// What the controller's log says about Ingresses that it cannot serve, in ingress-nginx's words.
import type { Ingress } from '../../objects/types.ts'
import { endpointsOf } from '../routing/plan-routes.ts'
import { type IngressWorld, isOurs } from './plan-ingress.ts'

/** All that is wrong with the Ingresses of the controller's class, one line each. */
export function findComplaints(
  world: IngressWorld & { hasSecret(namespace: string, name: string): boolean },
): string[] {
  const ours = world.ingresses().filter((ingress) => isOurs(ingress, world.ingressClasses()))
  return [
    ...new Set(ours.flatMap((ingress) => [...backendComplaints(world, ingress), ...tlsComplaints(world, ingress)])),
  ]
}

function backendComplaints(world: IngressWorld, { metadata, spec }: Ingress): string[] {
  const namespace = metadata.namespace ?? ''
  const paths = (spec?.rules ?? []).flatMap((rule) => rule.http?.paths ?? [])
  const backends = [...paths.map(({ backend }) => backend), ...(spec?.defaultBackend ? [spec.defaultBackend] : [])]
  return backends.flatMap(({ service }) => {
    const key = `${namespace}/${service?.name}`
    const found = world.findService(namespace, service?.name ?? '')
    if (!found) {
      return [
        `W controller.go] Error obtaining Endpoints for Service "${key}": no object matching key "${key}" in local store`,
      ]
    }
    const port = (found.spec?.ports ?? []).find((one) =>
      service?.port?.number === undefined ? one.name === service?.port?.name : one.port === service.port.number,
    )
    const endpoints = port ? endpointsOf(world.slicesOf(namespace, service?.name ?? ''), port) : []
    return endpoints.length > 0 ? [] : [`W controller.go] Service "${key}" does not have any active Endpoint.`]
  })
}

function tlsComplaints(
  world: { hasSecret(namespace: string, name: string): boolean },
  { metadata, spec }: Ingress,
): string[] {
  return (spec?.tls ?? []).flatMap(({ secretName }) => {
    if (!secretName || world.hasSecret(metadata.namespace ?? '', secretName)) return []
    const key = `${metadata.namespace}/${secretName}`
    return [
      `W controller.go] Error getting SSL certificate "${key}": local SSL certificate ${key} was not found. Using default certificate`,
    ]
  })
}
