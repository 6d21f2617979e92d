// What a kubelet answers through the API server: whether it is well, and which pods it has. The rest of a kubelet's own
// API is not there.
import { methodNotAllowed, notFound } from '../errors.ts'
import type { Registry } from '../registry.ts'
import { sendObject, sendText } from './answer.ts'
import { type KindExchange, keyOf } from './exchange.ts'

/** Answers `nodes/<name>/proxy/<path>`. */
export function askKubelet(exchange: KindExchange, { registry }: { registry: Registry }): void {
  const { request, response, info, kind } = exchange
  if (info.verb !== 'get') throw methodNotAllowed()
  const { name } = keyOf(exchange)
  if (registry.find(kind, { name }) === undefined) throw notFound(kind, name)
  const path = (info.rest ?? '').replace(/\/$/, '')
  const pods = registry.core.kinds.find('', 'v1', 'pods')
  if (path === '/healthz') sendText(request, response, 200, 'ok', 'text/plain; charset=utf-8')
  else if (path === '/pods' && pods) {
    const { items } = registry.list(pods, { fieldSelector: `spec.nodeName=${name}` })
    sendObject(request, response, 200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items })
  } else sendText(request, response, 404, '404 page not found\n', 'text/plain; charset=utf-8')
}
