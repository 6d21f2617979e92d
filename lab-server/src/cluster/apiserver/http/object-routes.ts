// The verbs on objects, from request to answer. Who may do it has been decided before.
import type { Clock } from '../../clock.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { badRequest, methodNotAllowed, noSuchPath } from '../errors.ts'
import type { Registry } from '../registry.ts'
import { apiVersionOf } from '../storage-version.ts'
import type { ProtobufDecoder } from './body.ts'
import { allVerbs } from './discovery.ts'
import { answer, checkDryRun, type KindExchange, keyOf, namespaceOf, writeContextOf } from './exchange.ts'
import { answerObject, tableOptions } from './object-answer.ts'
import { patchFromBody } from './patch-route.ts'
import { removeAsAsked } from './remove-route.ts'
import { type FieldInspector, readObject } from './request-object.ts'
import { routeScale } from './scale-route.ts'
import { partialObject, tableOf } from './table.ts'
import { listRequestOf } from './watch-query.ts'
import { watchOverHttp } from './watch-route.ts'

/** What the routes need. */
export interface ObjectRoutesOptions {
  registry: Registry
  decode: ProtobufDecoder
  inspector: FieldInspector
  /** Tells the kinds of CustomResourceDefinitions from built-in ones. */
  isCustom(kind: KindDefinition): boolean
  /** The time of the clients, not of the cluster. */
  wallClock: Clock
}

/** Answers one request for the objects of a kind. */
export async function routeObjects(exchange: KindExchange, options: ObjectRoutesOptions): Promise<void> {
  const { kind, info } = exchange
  if (kind.deprecation) exchange.warn(kind.deprecation)
  if (info.subresource === 'scale') return routeScale(exchange, options)
  const isKnownPart = info.subresource === undefined || isWritablePart(kind, info.subresource)
  if (!isKnownPart) throw noSuchPath()
  if (!(kind.verbs ?? allVerbs).includes(info.verb) && info.subresource === undefined) throw methodNotAllowed()
  switch (info.verb) {
    case 'get':
      return answerObject(exchange, 200, options.registry.get(kind, keyOf(exchange)), options.registry)
    case 'list':
      return answerList(exchange, options)
    case 'watch':
      return watchOverHttp(exchange, exchange.response, options)
    case 'create':
      return createFromBody(exchange, options)
    case 'update':
      return updateFromBody(exchange, options)
    case 'patch':
      return patchFromBody(exchange, options)
    case 'delete':
    case 'deletecollection':
      return removeAsAsked(exchange, options)
    default:
      throw methodNotAllowed()
  }
}

function isWritablePart(kind: KindDefinition, subresource: string): boolean {
  if (subresource === 'status') return kind.subresources.status === true
  return kind.otherSubresources?.some(({ name, verbs }) => name === subresource && verbs.includes('update')) ?? false
}

function answerList(exchange: KindExchange, { registry, isCustom }: ObjectRoutesOptions) {
  const { kind, info, form } = exchange
  const page = registry.list(kind, listRequestOf(info.query, namespaceOf(exchange)))
  const { resourceVersion, continueToken, remainingItemCount } = page
  const metadata = {
    resourceVersion,
    ...(continueToken ? { continue: continueToken } : {}),
    ...(remainingItemCount ? { remainingItemCount } : {}),
  }
  if (form.as === 'Table')
    return answer(exchange, 200, tableOf(kind, page.items, metadata, tableOptions(exchange, registry)))
  if (form.as) {
    const version = form.version ?? 'v1'
    const items = page.items.map((object) => partialObject(object, version))
    const list = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata, items }
    return answer(exchange, 200, list)
  }
  // Built-in kinds leave out what the list says already.
  const items = isCustom(kind) ? page.items : page.items.map(({ apiVersion: _v, kind: _k, ...rest }) => rest)
  answer(exchange, 200, { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items })
}

async function createFromBody(exchange: KindExchange, options: ObjectRoutesOptions) {
  const { kind, info } = exchange
  if (info.name !== undefined) throw methodNotAllowed()
  checkDryRun(exchange)
  const object = await readObject(exchange, kind, options)
  const created = await options.registry.create(kind, {
    namespace: namespaceOf(exchange),
    object,
    context: writeContextOf(exchange),
  })
  answerObject(exchange, 201, withoutDryRunVersion(exchange, created), options.registry)
}

async function updateFromBody(exchange: KindExchange, options: ObjectRoutesOptions) {
  const { kind, info } = exchange
  if (info.name === undefined) throw methodNotAllowed()
  checkDryRun(exchange)
  const object = await readObject(exchange, kind, options)
  if (object.metadata.name !== info.name) {
    const given = object.metadata.name ?? ''
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${info.name})`)
  }
  if (kind.namespaced && object.metadata.namespace && object.metadata.namespace !== info.namespace) {
    throw badRequest(
      `the namespace of the object (${object.metadata.namespace}) does not match the namespace on the URL (${info.namespace})`,
    )
  }
  const context = writeContextOf(exchange)
  const { subresource } = info
  const updated = await options.registry.update(kind, keyOf(exchange), { context, subresource, change: () => object })
  answerObject(exchange, 200, updated, options.registry)
}

/** What a dry run would have created has no version, because it was never stored. */
function withoutDryRunVersion({ info }: KindExchange, object: KubeObject): KubeObject {
  if (!info.query.getAll('dryRun').includes('All')) return object
  const { resourceVersion: _v, ...metadata } = object.metadata
  return { ...object, metadata }
}
