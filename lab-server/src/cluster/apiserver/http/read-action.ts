// The body of an action: an Eviction, a Binding, a TokenRequest, a review. It has a kind that is never stored.
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { badRequest } from '../errors.ts'
import { BodyError, type ProtobufDecoder } from './body.ts'
import type { KindExchange } from './exchange.ts'
import { cannotHandle, type FieldInspector, goKind, readDecoded } from './request-object.ts'

/** What a body says it is. */
export type BodyKind = Pick<KindDefinition, 'group' | 'version' | 'kind'>

/** Reads the body of an action; throws 400 in upstream's words where it is none of its kind. */
export async function readAction(
  exchange: KindExchange,
  kind: BodyKind,
  { decode, inspector }: { decode: ProtobufDecoder; inspector: FieldInspector },
): Promise<KubeObject> {
  const { value } = await readDecoded(exchange, decode).catch((error: unknown) => {
    throw error instanceof BodyError ? badRequest(error.message) : error
  })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw cannotHandle(
      kind,
      `json: cannot unmarshal ${goKind(value)} into Go value of type ${kind.version}.${kind.kind}`,
    )
  }
  const wrong = inspector.typeError(kind, value)
  if (wrong) throw cannotHandle(kind, wrong)
  const object = withoutNulls(value) as unknown as KubeObject
  object.metadata ??= {}
  return object
}

/** To Go's decoder a null is a field that was not sent. */
function withoutNulls(value: object): object {
  if (Array.isArray(value)) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(
    members.map(([name, member]) => [name, typeof member === 'object' ? withoutNulls(member) : member]),
  )
}
