// The scale subresource over HTTP.
import type { KubeObject } from '../../objects/types.ts'
import { ApiError, methodNotAllowed, noSuchPath, notFound } from '../errors.ts'
import { scaleOf, writeScale } from '../verbs/scale.ts'
import { answer, type KindExchange, keyOf, writeContextOf } from './exchange.ts'
import type { ObjectRoutesOptions } from './object-routes.ts'
import { readPatch } from './patch-route.ts'
import { readAction } from './read-action.ts'
import { cannotHandle } from './request-object.ts'

const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

/** Reads or writes the number of replicas of an object. */
export async function routeScale(exchange: KindExchange, options: ObjectRoutesOptions) {
  const { kind, info } = exchange
  const { registry } = options
  const key = keyOf(exchange)
  if (!kind.subresources.scale) throw noSuchPath()
  const current = scaleOf(kind, findScaled(exchange, options))
  if (info.verb === 'get') return answer(exchange, 200, current)
  let wanted: ScaleBody
  if (info.verb === 'update') {
    wanted = (await readAction(exchange, scale, options)) as ScaleBody
  } else if (info.verb === 'patch') {
    const { type, body } = await readPatch(exchange, options, exchange.request.headers['content-type'])
    // Scale has no lists: a strategic merge is a plain one.
    const plain = type === 'application/json-patch+json' ? type : 'application/merge-patch+json'
    const patched = registry.core.patches.patch({ request: { type: plain, body }, current, kind })
    const wrong = options.inspector.typeError(scale, patched)
    if (wrong) throw cannotHandle(scale, wrong)
    const sent = (body as ScaleBody | null)?.metadata?.resourceVersion
    wanted = { spec: patched.spec as ScaleBody['spec'], metadata: { resourceVersion: sent } }
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

type ScaleBody = Pick<Partial<KubeObject>, 'metadata'> & { spec?: { replicas?: unknown } | null }

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
