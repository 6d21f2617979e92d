// The verbs on objects, from request to answer. Who may do it has been decided before.
import type { ObjectKey, RemoveOptions } from '../../client.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { badRequest, invalid, isApiError, methodNotAllowed, noSuchPath, unsupportedMediaType } from '../errors.ts'
import { undecodablePatch } from '../patch/apply-patch.ts'
import type { Registry } from '../registry.ts'
import { apiVersionOf } from '../storage-version.ts'
import { applyPatchType } from '../verbs/patch.ts'
import { scaleOf, writeScale } from '../verbs/scale.ts'
import { sendText } from './answer.ts'
import { BodyError, type ProtobufDecoder } from './body.ts'
import { allVerbs } from './discovery.ts'
import { answer, type Exchange, type KindExchange, writeContextOf } from './exchange.ts'
import { parseMediaType } from './negotiate.ts'
import { type FieldInspector, fieldValidationOf, inspectFields, readDecoded, readObject } from './request-object.ts'
import { partialObject, type TableOptions, tableOf } from './table.ts'
import { answerWatch } from './watch-answer.ts'
import { listRequestOf, watchOptionsOf } from './watch-query.ts'

/** What the routes need. */
export interface ObjectRoutesOptions {
  registry: Registry
  decode: ProtobufDecoder
  inspector: FieldInspector
  /** False while a Namespace's content may not be changed through it. */
  isCustom(kind: KindDefinition): boolean
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
      return answerObject(exchange, 200, options.registry.get(kind, keyOf(exchange)), options)
    case 'list':
      return answerList(exchange, options)
    case 'watch':
      return startWatch(exchange, options)
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

/** The object's key as the path names it. */
export function keyOf({ info, kind }: KindExchange): ObjectKey {
  return kind.namespaced ? { namespace: info.namespace, name: info.name ?? '' } : { name: info.name ?? '' }
}

function namespaceOf({ info, kind }: KindExchange): string | undefined {
  return kind.namespaced ? info.namespace : undefined
}

function answerObject(exchange: KindExchange, code: number, object: KubeObject, { registry }: ObjectRoutesOptions) {
  const { kind, form } = exchange
  if (form.as === 'Table') {
    const { resourceVersion } = object.metadata
    return answer(exchange, code, tableOf(kind, [object], { resourceVersion }, tableOptions(exchange, registry)))
  }
  if (form.as) return answer(exchange, code, partialObject(object, form.version ?? 'v1'))
  answer(exchange, code, object)
}

function tableOptions({ info, form }: KindExchange, registry: Registry): TableOptions {
  const include = info.query.get('includeObject')
  const includeObject = include === 'None' || include === 'Object' ? include : ('Metadata' as const)
  return { version: form.version ?? 'v1', includeObject, nowMs: registry.core.clock.now() }
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

function startWatch(exchange: KindExchange, { registry }: ObjectRoutesOptions) {
  const { kind, info, form } = exchange
  const request = listRequestOf(info.query, namespaceOf(exchange), info.name)
  const watchOptions = watchOptionsOf(info.query, request)
  if (form.as === 'Table') watchOptions.table = tableOptions(exchange, registry)
  else if (form.as) watchOptions.partialVersion = form.version
  try {
    answerWatch(registry, kind, exchange.response, watchOptions)
  } catch (error) {
    if (!isApiError(error, 'Expired')) throw error
    // Too old a version is an event of the watch, not a refusal to watch.
    const event = `${JSON.stringify({ type: 'ERROR', object: error.status })}\n`
    sendText(exchange.request, exchange.response, 200, event, 'application/json')
  }
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
  answerObject(exchange, 201, withoutDryRunVersion(exchange, created), options)
}

async function updateFromBody(exchange: KindExchange, options: ObjectRoutesOptions) {
  const { kind, info } = exchange
  if (info.name === undefined) throw methodNotAllowed()
  checkDryRun(exchange)
  const object = await readObject(exchange, kind, options)
  if (object.metadata.name !== info.name) {
    const why = object.metadata.name
      ? `the name of the object (${object.metadata.name}) does not match the name on the URL (${info.name})`
      : 'name must be provided'
    throw badRequest(
      object.metadata.name ? why : `the name of the object () does not match the name on the URL (${info.name})`,
    )
  }
  if (kind.namespaced && object.metadata.namespace && object.metadata.namespace !== info.namespace) {
    throw badRequest(
      `the namespace of the object (${object.metadata.namespace}) does not match the namespace on the URL (${info.namespace})`,
    )
  }
  const context = writeContextOf(exchange)
  const { subresource } = info
  const updated = await options.registry.update(kind, keyOf(exchange), { context, subresource, change: () => object })
  answerObject(exchange, 200, updated, options)
}

async function patchFromBody(exchange: KindExchange, options: ObjectRoutesOptions) {
  const { kind, info, request } = exchange
  if (info.name === undefined) throw methodNotAllowed()
  checkDryRun(exchange)
  const { type, body } = await readPatch(exchange, options, request.headers['content-type'])
  const isApply = type === applyPatchType
  if (isApply && !info.query.get('fieldManager')) {
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      { field: 'fieldManager', type: 'FieldValueRequired', message: 'Required value: is required for apply patch' },
    ])
  }
  const { object, isCreated } = await options.registry.patch(kind, keyOf(exchange), {
    request: { type, body, force: info.query.get('force') === 'true' },
    context: writeContextOf(exchange),
    subresource: info.subresource,
    inspect: (patched) => inspectPatched(exchange, patched, { type, body }, options),
  })
  answerObject(exchange, isCreated ? 201 : 200, object, options)
}

/** A patched object must still fit its kind. What does not is the patch's fault, and the answer quotes it. */
function inspectPatched(
  exchange: KindExchange,
  patched: KubeObject,
  request: { type: string; body: unknown },
  options: ObjectRoutesOptions,
): void {
  const { kind } = exchange
  if (request.type === applyPatchType) {
    inspectFields(exchange, kind, patched, options)
    return
  }
  const wrong = options.inspector.typeError(kind, patched)
  if (wrong) throw undecodablePatch(request, patched, wrong)
  const validation = fieldValidationOf(exchange)
  if (validation === 'Ignore') return
  const problems = options.inspector.unknownFields(kind, patched, undefined)
  if (problems.length === 0) return
  if (validation === 'Strict') {
    throw undecodablePatch(request, patched, `strict decoding error: ${problems.join(', ')}`)
  }
  for (const problem of problems) exchange.warn(problem)
}

async function readPatch(exchange: KindExchange, options: ObjectRoutesOptions, contentType: string | undefined) {
  const { type } = parseMediaType(contentType ?? '')
  const known = [
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
  ]
  if (!known.includes(type) && type !== applyPatchType) throw unsupportedMediaType()
  if (type === 'application/strategic-merge-patch+json' && options.isCustom(exchange.kind)) throw unsupportedMediaType()
  try {
    return { type, body: (await readDecoded(exchange, options.decode)).value }
  } catch (error) {
    if (error instanceof BodyError) {
      throw badRequest(`error decoding patch: ${error.message.replace(/^json parse error: /, '')}`)
    }
    throw error
  }
}

async function removeAsAsked(exchange: KindExchange, options: ObjectRoutesOptions) {
  const { kind, info } = exchange
  const { registry } = options
  checkDryRun(exchange)
  const removeOptions = await readRemoveOptions(exchange, options)
  const context = writeContextOf(exchange)
  if (removeOptions.isDryRun) context.isDryRun = true
  if (info.verb === 'delete') {
    const { object, isGone } = await registry.remove(kind, keyOf(exchange), { options: removeOptions, context })
    if (!isGone || returnsRemoved.has(kind.plural)) return answerObject(exchange, 200, object, options)
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

/** DeleteOptions come in the body, in the query, or not at all. */
async function readRemoveOptions(exchange: KindExchange, { decode }: ObjectRoutesOptions) {
  const { query } = exchange.info
  const { value } = await readOptionalBody(exchange, decode)
  const body = (value ?? {}) as RemoveOptions & { dryRun?: string[]; orphanDependents?: boolean }
  const grace =
    body.gracePeriodSeconds ?? (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined)
  const orphan = body.orphanDependents === undefined ? undefined : body.orphanDependents ? 'Orphan' : 'Background'
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

async function routeScale(exchange: KindExchange, options: ObjectRoutesOptions) {
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

function checkDryRun({ info }: KindExchange): void {
  const unknown = info.query.getAll('dryRun').find((value) => value !== 'All' && value !== '')
  if (unknown === undefined) return
  const message = `Invalid value: ["${unknown}"]: Unsupported value: "${unknown}": supported values: "All"`
  throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
    { field: 'dryRun', type: 'FieldValueNotSupported', message },
  ])
}

/** What a dry run would have created has no version, because it was never stored. */
function withoutDryRunVersion({ info }: KindExchange, object: KubeObject): KubeObject {
  if (!info.query.getAll('dryRun').includes('All')) return object
  const { resourceVersion: _v, ...metadata } = object.metadata
  return { ...object, metadata }
}
