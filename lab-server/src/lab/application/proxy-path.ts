// The application along its Ingress's rules, through the API server's service proxy: for clusters whose ingress
// controller cannot be reached from the lab. A wrong rule is as wrong here as there.
import type { KubernetesApi } from '../kubernetes/kubernetes-api.ts'
import { isUnreachable, KubernetesError } from '../kubernetes/kubernetes-error.ts'
import type { World } from '../world/world.ts'
import { findRoute } from './ingress-route.ts'
import { proxyHeaders, requestThroughProxy } from './proxy-request.ts'
import { appAnswer, type UsersPath } from './users-path.ts'

const defaultTimeoutMs = 5_000

/** The way through the API server. */
export function makeProxyPath(options: {
  api: KubernetesApi
  world: World
  host: string
  ingressClass: string
}): UsersPath {
  const { api, world, host, ingressClass } = options
  return {
    host,
    async request(input) {
      const path = input.path.split('?')[0] ?? '/'
      const route = findRoute(world, { host, path, ingressClass })
      if ('status' in route) return appAnswer(route.status, {}, '')
      const body = input.body === undefined ? undefined : JSON.stringify(input.body)
      try {
        const { status, headers, body: text } = await requestThroughProxy(
          api,
          { ...route, namespace: world.namespace },
          {
            method: input.method,
            path: input.path,
            body,
            headers: proxyHeaders({ ...(body !== undefined && { 'content-type': 'application/json' }) }),
            timeoutMs: input.timeoutMs ?? defaultTimeoutMs,
          },
        )
        return appAnswer(status, headers, text)
      } catch (error) {
        const isOurs = error instanceof KubernetesError && isUnreachable(error) && !/no answer within/.test(error.message)
        return { status: null, detail: error instanceof Error ? error.message : String(error), isOurs }
      }
    },
    close() {},
  }
}
