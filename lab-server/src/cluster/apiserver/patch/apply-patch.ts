// One entry for the three patches of documents, with upstream's answer for each way to fail. Server-side apply is
// another matter: server-side-apply.ts.
import type { KubeObject } from '../../objects/types.ts'
import { ApiError, badRequest, unprocessable, unsupportedMediaType } from '../errors.ts'
import { applyJsonPatch, JsonPatchError, parseJsonPatch } from './json-patch.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'
import { applyMergePatch } from './merge-patch.ts'
import type { MergeSchema } from './merge-schema.ts'
import { patchedText } from './patched-text.ts'
import { goText, StrategicMergeError } from './strategic-lists.ts'
import { applyStrategicMerge } from './strategic-merge.ts'
import { describeObject, describeVersion } from './typed-configuration.ts'

/** The media types of the patches applied here. */
export const JSON_PATCH = 'application/json-patch+json'
export const MERGE_PATCH = 'application/merge-patch+json'
export const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json'

const MAX_OPERATIONS = 10_000

/** A patch and what it is for. */
export interface PatchInput {
  /** Media type of the body. */
  type: string
  /** The parsed body. */
  body: unknown
  current: KubeObject
  /** How the kind merges; strategic merge patch is refused without it, as it is for custom resources. */
  schema: MergeSchema | undefined
}

/** The object as patched: a new one, not yet defaulted or validated. Throws `ApiError`. */
export function applyPatch({ type, body, current, schema }: PatchInput): KubeObject {
  const document = current as unknown as JsonObject
  const patched = patchDocument(type, body, document, schema)
  if (!isJsonObject(patched) || !isJsonObject(patched.metadata ?? {})) throw unprocessable()
  return patched as unknown as KubeObject
}

function patchDocument(type: string, body: unknown, document: JsonObject, schema: MergeSchema | undefined): JsonValue {
  if (type === JSON_PATCH) return jsonPatch(document, body)
  if (type === MERGE_PATCH) {
    if (!isJsonObject(body)) throw badRequest(`error decoding patch: ${goTypeError(body, 'map[string]interface {}')}`)
    return applyMergePatch(document, body)
  }
  if (type === STRATEGIC_MERGE_PATCH && schema) {
    if (!isJsonObject(body)) throw badRequest(`error decoding patch: ${goTypeError(body, 'map[string]interface {}')}`)
    return strategicMerge(document, body, schema)
  }
  throw unsupportedMediaType()
}

function jsonPatch(document: JsonObject, body: unknown): JsonValue {
  if (!Array.isArray(body)) {
    throw badRequest(`error decoding patch: ${goTypeError(body, '[]handlers.jsonPatchOp')}`)
  }
  const notAnOperation = body.find((operation) => !isJsonObject(operation))
  if (notAnOperation !== undefined) {
    throw badRequest(`error decoding patch: ${goTypeError(notAnOperation, 'handlers.jsonPatchOp')}`)
  }
  if (body.length > MAX_OPERATIONS) {
    const limit = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${body.length}`
    throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: ${limit}`)
  }
  try {
    return applyJsonPatch(document, parseJsonPatch(body))
  } catch (error) {
    // Upstream says no more than this, whatever the operation's fault.
    if (error instanceof JsonPatchError) throw unprocessable()
    throw error
  }
}

function strategicMerge(document: JsonObject, body: JsonObject, schema: MergeSchema): JsonValue {
  try {
    return applyStrategicMerge(document, body, schema)
  } catch (error) {
    if (!(error instanceof StrategicMergeError)) throw error
    if (error.problem === 'malformed') throw badRequest(error.message)
    // Without a reason, as upstream's catch-all: kubectl prints "Error from server:".
    throw error.problem === 'unusable' ? unprocessable() : new ApiError(500, '', error.message)
  }
}

/** A patch whose result is no object of the kind; `why` is in the decoder's words. */
export function undecodablePatch(request: { type: string; body: unknown }, patched: unknown, why: string): ApiError {
  // A strategic merge patch is quoted itself; the others are quoted by their result.
  const isStrategic = request.type === STRATEGIC_MERGE_PATCH
  const quoted = isStrategic ? goText(request.body as JsonValue) : patchedText(patched, request)
  const message = `Invalid value: ${JSON.stringify(quoted)}: ${isStrategic ? inConverterWords(why) : why}`
  return new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  })
}

/** An apply whose result is no object of the kind, although it fits the schema; `why` is in the decoder's words. */
export function inconvertible(result: KubeObject, why: string): ApiError {
  const target = describeVersion(result)
  const reason = `unable to convert unstructured object to ${target}: ${inConverterWords(why)}`
  return new ApiError(500, '', `failed to convert new object (${describeObject(result)}) to proper version: ${reason}`)
}

const KINDS_IN_GO: Record<string, string> = { object: 'map', array: 'slice', number: 'int64' }

// The result of a strategic merge patch is converted without going through JSON, by code with words of its own.
function inConverterWords(why: string): string {
  if (why.startsWith('illegal base64')) return `error decoding from json: ${why}`
  const [, found = '', wanted = ''] = /^json: cannot unmarshal (\w+) into Go .* of type (\S+)$/.exec(why) ?? []
  if (!wanted) return why
  const kind = KINDS_IN_GO[found] ?? found
  if (wanted.startsWith('[]')) return `cannot restore slice from ${kind}`
  if (wanted.startsWith('map[')) return `cannot restore map from ${kind}`
  if (/^[a-z0-9]+$/.test(wanted)) return `unrecognized type: ${wanted}`
  return `cannot restore struct from: ${kind}`
}

function goTypeError(value: unknown, wanted: string): string {
  const type = Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value
  return `json: cannot unmarshal ${type} into Go value of type ${wanted}`
}
