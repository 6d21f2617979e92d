// The object in a request's body: decoded, of the right kind, and checked for fields that do not exist.
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { badRequest } from '../errors.ts'
import { apiVersionOf, parseApiVersion } from '../storage-version.ts'
import { BodyError, type DecodedBody, decodeBody, type ProtobufDecoder, readBody } from './body.ts'
import type { Exchange } from './exchange.ts'

/** How strictly unknown and duplicate fields are treated. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

/** Finds what does not fit a kind's schema, in upstream's words. */
export interface FieldInspector {
  /** `unknown field "spec.x"`, `duplicate field "data.a"`, in upstream's order. */
  unknownFields(kind: KindDefinition, object: unknown, text: string | undefined): string[]
  /** What is wrong with the types of known fields, in Go's words; undefined when nothing is. */
  typeError(kind: Pick<KindDefinition, 'group' | 'version' | 'kind'>, object: unknown): string | undefined
}

/** Reads and decodes the body of a request. */
export async function readDecoded(exchange: Exchange, decode: ProtobufDecoder): Promise<DecodedBody> {
  const bytes = await readBody(exchange.request)
  return decodeBody(bytes, exchange.request.headers['content-type'], decode)
}

/** Reads the object of a create or update. */
export async function readObject(
  exchange: Exchange,
  kind: KindDefinition,
  options: { decode: ProtobufDecoder; inspector: FieldInspector },
): Promise<KubeObject> {
  let body: DecodedBody
  try {
    body = await readDecoded(exchange, options.decode)
  } catch (error) {
    if (!(error instanceof BodyError)) throw error
    const why = `couldn't get version/kind; ${error.message} (${error.summary})`
    throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${why}`)
  }
  const object = asObjectOf(kind, body)
  inspectFields(exchange, kind, object, { ...options, text: body.text })
  return object
}

function asObjectOf(kind: KindDefinition, { value, text }: DecodedBody): KubeObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const shown = (text ?? '').length > 30 ? `${text?.slice(0, 30)} ...` : text || '<empty>'
    const why = `couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${shown})`
    throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${why}`)
  }
  const object = value as KubeObject
  object.kind ||= kind.kind
  object.apiVersion ||= apiVersionOf(kind)
  object.metadata ??= {}
  const sent = parseApiVersion(object.apiVersion)
  if (object.kind !== kind.kind || object.apiVersion !== apiVersionOf(kind)) {
    throw badRequest(
      `${object.kind} in version ${JSON.stringify(sent.version)} cannot be handled as a ${kind.kind}: converting (${goType(sent, object.kind)}) to (${kind.group === '' ? 'core' : shortGroup(kind.group)}.${kind.kind}): unknown conversion`,
    )
  }
  if (typeof object.metadata !== 'object' || Array.isArray(object.metadata)) {
    throw cannotHandle(
      kind,
      `json: cannot unmarshal ${goKind(object.metadata)} into Go struct field ${kind.kind}.metadata of type v1.ObjectMeta`,
    )
  }
  return object
}

/** Refuses or warns about fields, as the request's `fieldValidation` asks. */
export function inspectFields(
  exchange: Exchange,
  kind: KindDefinition,
  object: KubeObject,
  { inspector, text }: { inspector: FieldInspector; text?: string },
): void {
  const wrong = inspector.typeError(kind, object)
  if (wrong) throw cannotHandle(kind, wrong)
  const validation = fieldValidationOf(exchange)
  if (validation === 'Ignore') return
  const problems = inspector.unknownFields(kind, object, text)
  if (problems.length === 0) return
  if (validation === 'Strict') throw cannotHandle(kind, `strict decoding error: ${problems.join(', ')}`)
  for (const problem of problems) exchange.warn(problem)
}

/** The request's `fieldValidation`; the server's own default is to warn. */
export function fieldValidationOf({ info }: Exchange): FieldValidation {
  const asked = info.query.get('fieldValidation')
  return asked === 'Strict' || asked === 'Ignore' ? asked : 'Warn'
}

/** 400 for an object that does not fit its kind. */
export function cannotHandle(kind: Pick<KindDefinition, 'kind' | 'version'>, why: string) {
  return badRequest(
    `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${why}`,
  )
}

function goType({ version }: { version: string }, kind: string): string {
  return `${version}.${kind}`
}

function shortGroup(group: string): string {
  return group.split('.')[0] ?? group
}

/** What Go calls a JSON value. */
export function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (value === null) return 'null'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
