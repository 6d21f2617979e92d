// The application along its Ingress's rules, through the API server's service proxy: for clusters whose ingress
// controller cannot be reached from the lab. A wrong rule is as wrong here as there.
import type { KubernetesApi } from '../kubernetes/kubernetes-api.ts'
import { isUnreachable } from '../kubernetes/kubernetes-error.ts'
import type { World } from '../world/world.ts'
import { findRoute } from './ingress-route.ts'
import { proxyHeaders, requestThroughProxy } from './proxy-request.ts'
import { appAnswer, type UsersPath } from './users-path.ts'

const defaultTimeoutMs = 5_000
const browserTimeoutMs = 60_000

type Answer = { status: number; headers: Record<string, string>; body: string }
type Sent = Parameters<typeof requestThroughProxy>[2]

/** The way through the API server. */
export function makeProxyPath(options: {
  api: KubernetesApi
  world: World
  host: string
  ingressClass: string
}): UsersPath {
  const { api, world, host, ingressClass } = options

  async function send(input: Sent): Promise<Answer> {
    const path = input.path.split('?')[0] ?? '/'
    const route = findRoute(world, { host, path, ingressClass })
    if ('status' in route) return { status: route.status, headers: {}, body: '' }
    return requestThroughProxy(api, { ...route, namespace: world.namespace }, input)
  }

  return {
    host,
    way: "along the Ingress's rules through the API server's service proxy",
    async request({ method, path, body, timeoutMs = defaultTimeoutMs }) {
      const json =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      try {
        const { status, headers, body: text } = await send({ method, path, timeoutMs, ...json })
        return appAnswer(status, headers, text)
      } catch (error) {
        // No answer in time is the application's; anything else is between the lab and the API server.
        const isOurs = isUnreachable(error) && !String(error).includes('no answer within')
        return { status: null, detail: error instanceof Error ? error.message : String(error), isOurs }
      }
    },
    forward: ({ method, path, headers, body }) =>
      send({
        method,
        path,
        headers: proxyHeaders(headers),
        timeoutMs: browserTimeoutMs,
        encoding: 'latin1',
        ...(body !== '' && { body: Buffer.from(body, 'latin1') }),
      }),
    close() {},
  }
}
