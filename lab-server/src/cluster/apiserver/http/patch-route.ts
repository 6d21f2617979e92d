// PATCH: the four kinds of patches, from body to answer.
import type { KubeObject } from '../../objects/types.ts'
import { badRequest, invalid, methodNotAllowed, unsupportedMediaType } from '../errors.ts'
import { readApplied } from '../patch/applied-configuration.ts'
import { inconvertible, undecodablePatch } from '../patch/apply-patch.ts'
import { applyPatchType } from '../verbs/patch.ts'
import { BodyError } from './body.ts'
import { checkDryRun, type KindExchange, keyOf, writeContextOf } from './exchange.ts'
import { parseMediaType } from './negotiate.ts'
import { answerObject } from './object-answer.ts'
import type { ObjectRoutesOptions } from './object-routes.ts'
import { flag } from './query-values.ts'
import { fieldValidationOf, readDecoded } from './request-object.ts'

/** Patches the object that the path names. */
export async function patchFromBody(exchange: KindExchange, options: ObjectRoutesOptions) {
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
    request: { type, body: isApply ? readApplied(body, kind) : body, force: flag(info.query, 'force') },
    context: writeContextOf(exchange),
    subresource: info.subresource,
    inspect: (patched) => inspectPatched(exchange, patched, { type, body }, options),
  })
  answerObject(exchange, isCreated ? 201 : 200, object, options.registry)
}

/** A patched object must still fit its kind. What does not is the patch's fault, and the answer quotes it. */
function inspectPatched(
  exchange: KindExchange,
  patched: KubeObject,
  request: { type: string; body: unknown },
  options: ObjectRoutesOptions,
): void {
  const { kind } = exchange
  const wrong = options.inspector.typeError(kind, patched)
  if (request.type === applyPatchType) {
    // Fields that do not exist were refused before, whatever the request's field validation.
    if (wrong) throw inconvertible(patched, wrong)
    return
  }
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

/** Reads a patch and its media type; throws 415 for what is none. */
export async function readPatch(exchange: KindExchange, options: ObjectRoutesOptions, contentType: string | undefined) {
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
