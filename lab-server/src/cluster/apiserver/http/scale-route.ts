// The scale subresource over HTTP.
import { ApiError, methodNotAllowed, noSuchPath, notFound } from '../errors.ts'
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
  const current = scaleOf(kind, findScaled(exchange, options))
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

/** The object to scale. One that does not exist is missed by the name of what was asked for. */
function findScaled(exchange: KindExchange, { registry }: ObjectRoutesOptions) {
  const { kind } = exchange
  const key = keyOf(exchange)
  try {
    return registry.get(kind, key)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.reason !== 'NotFound') throw error
    throw notFound({ group: kind.group, plural: `${kind.plural}/scale` }, key.name)
  }
}
