// The scale subresource over HTTP.
import { methodNotAllowed, noSuchPath } from '../errors.ts'
import { scaleOf, writeScale } from '../verbs/scale.ts'
import { answer, type KindExchange, keyOf, writeContextOf } from './exchange.ts'
import type { ObjectRoutesOptions } from './object-routes.ts'
import { readPatch } from './patch-route.ts'
import { readDecoded } from './request-object.ts'

/** Reads or writes the number of replicas of an object. */
export async function routeScale(exchange: KindExchange, options: ObjectRoutesOptions) {
  const { kind, info } = exchange
  const { registry } = options
  const key = keyOf(exchange)
  if (!kind.subresources.scale) throw noSuchPath()
  const current = scaleOf(kind, registry.get(kind, key))
  if (info.verb === 'get') return answer(exchange, 200, current)
  let wanted: { spec?: { replicas?: unknown }; metadata?: { resourceVersion?: string } }
  if (info.verb === 'update') {
    wanted = (await readDecoded(exchange, options.decode)).value as typeof wanted
  } else if (info.verb === 'patch') {
    const { type, body } = await readPatch(exchange, options, exchange.request.headers['content-type'])
    // Scale has no lists: a strategic merge is a plain one.
    const plain = type === 'application/json-patch+json' ? type : 'application/merge-patch+json'
    wanted = registry.core.patches.patch({ request: { type: plain, body }, current, kind }) as typeof wanted
    const sent = (body as typeof wanted)?.metadata?.resourceVersion
    wanted = { ...wanted, metadata: { resourceVersion: sent } }
  } else {
    throw methodNotAllowed()
  }
  const object = await writeScale(registry.core, kind, key, {
    replicas: wanted.spec?.replicas ?? 0,
    resourceVersion: wanted.metadata?.resourceVersion,
    context: writeContextOf(exchange),
  })
  answer(exchange, 200, scaleOf(kind, object))
}
