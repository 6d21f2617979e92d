// DELETE: of one object or of a collection.
import type { RemoveOptions } from '../../client.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { badRequest } from '../errors.ts'
import { apiVersionOf } from '../storage-version.ts'
import { BodyError, type ProtobufDecoder } from './body.ts'
import {
  answer,
  checkDryRun,
  type Exchange,
  type KindExchange,
  keyOf,
  namespaceOf,
  writeContextOf,
} from './exchange.ts'
import { answerObject } from './object-answer.ts'
import type { ObjectRoutesOptions } from './object-routes.ts'
import { numberOf } from './query-values.ts'
import { cannotHandle, readDecoded } from './request-object.ts'
import { listRequestOf } from './watch-query.ts'

/** Deletes what the path names. */
export async function removeAsAsked(exchange: KindExchange, options: ObjectRoutesOptions) {
  const { kind, info } = exchange
  const { registry } = options
  checkDryRun(exchange)
  const removeOptions = await readRemoveOptions(exchange, options)
  const context = writeContextOf(exchange)
  if (removeOptions.isDryRun) context.isDryRun = true
  if (info.verb === 'delete') {
    const { object, isGone } = await registry.remove(kind, keyOf(exchange), { options: removeOptions, context })
    if (!isGone || returnsRemoved.has(kind.plural)) return answerObject(exchange, 200, object, registry)
    return answer(exchange, 200, removedStatus(kind, object))
  }
  const { items } = registry.list(kind, listRequestOf(info.query, namespaceOf(exchange)))
  const removed: KubeObject[] = []
  for (const { metadata } of items) {
    const key = { namespace: metadata.namespace, name: metadata.name ?? '' }
    const { object } = await registry.remove(kind, key, { options: removeOptions, context })
    removed.push(object)
  }
  const metadata = { resourceVersion: String(registry.core.store.revision()) }
  answer(exchange, 200, { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items: removed })
}

// Upstream answers the deletion of these with the object as it was.
const returnsRemoved = new Set([
  'pods',
  'services',
  'serviceaccounts',
  'persistentvolumeclaims',
  'persistentvolumes',
  'podtemplates',
  'resourcequotas',
])

function removedStatus(kind: KindDefinition, { metadata }: KubeObject) {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadata.name,
      ...(kind.group ? { group: kind.group } : {}),
      kind: kind.plural,
      uid: metadata.uid,
    },
  }
}

const deleteOptions = { group: '', version: 'v1', kind: 'DeleteOptions' }

type DeleteOptionsBody = RemoveOptions & { dryRun: string[]; orphanDependents: boolean }

/** DeleteOptions come in the body, in the query, or not at all. */
async function readRemoveOptions(exchange: KindExchange, { decode, inspector }: ObjectRoutesOptions) {
  const { query } = exchange.info
  const { value } = await readOptionalBody(exchange, decode)
  const wrong = inspector.typeError(deleteOptions, value)
  if (wrong) throw cannotHandle(deleteOptions, wrong)
  const body = (value ?? {}) as { [Name in keyof DeleteOptionsBody]?: DeleteOptionsBody[Name] | null }
  const grace = body.gracePeriodSeconds ?? numberOf(query, 'gracePeriodSeconds')
  const orphan =
    typeof body.orphanDependents !== 'boolean' ? undefined : body.orphanDependents ? 'Orphan' : 'Background'
  const propagation = body.propagationPolicy ?? query.get('propagationPolicy') ?? orphan ?? undefined
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(propagation ? { propagationPolicy: propagation as RemoveOptions['propagationPolicy'] } : {}),
    ...(body.preconditions ? { preconditions: body.preconditions } : {}),
    isDryRun: body.dryRun?.includes('All') ?? false,
  }
}

async function readOptionalBody(exchange: Exchange, decode: ProtobufDecoder): Promise<{ value: unknown }> {
  const { headers } = exchange.request
  if (!headers['content-length'] && !headers['transfer-encoding']) return { value: undefined }
  if (headers['content-length'] === '0') return { value: undefined }
  try {
    return await readDecoded(exchange, decode)
  } catch (error) {
    if (error instanceof BodyError) throw badRequest(error.message)
    throw error
  }
}
