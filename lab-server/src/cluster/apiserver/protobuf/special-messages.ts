// Messages whose JSON is not an object of their fields.
import { readFields, WireError } from './wire-reader.ts'

/** Decodes a message that stands for another message, e.g. the schema inside a "schema or array". */
export type DecodeMessage = (name: string, bytes: Uint8Array) => unknown

type Decode = (bytes: Uint8Array, decode: DecodeMessage) => unknown

const SCHEMA = 'apiextensions.v1.JSONSchemaProps'

/** Reads a message whose JSON has another shape. `undefined` means that JSON leaves it out. */
export const specialMessages: Record<string, Decode> = {
  'api.resource.Quantity': (bytes) => textField(bytes, 1),
  'util.intstr.IntOrString': (bytes) => (integerField(bytes, 1) === 1 ? textField(bytes, 3) : integerField(bytes, 2)),
  'meta.v1.Time': (bytes) => time(bytes, () => ''),
  'meta.v1.MicroTime': (bytes) =>
    time(bytes, (nanoseconds) => `.${String(Math.floor(nanoseconds / 1000)).padStart(6, '0')}`),
  'meta.v1.FieldsV1': rawJson,
  'pkg.runtime.RawExtension': rawJson,
  'apiextensions.v1.JSON': rawJson,
  'apiextensions.v1.JSONSchemaPropsOrBool': (bytes, decode) =>
    messageField(bytes, 2, decode) ?? integerField(bytes, 1) === 1,
  'apiextensions.v1.JSONSchemaPropsOrArray': (bytes, decode) =>
    messageField(bytes, 1, decode) ?? messageList(bytes, 2, decode),
  'apiextensions.v1.JSONSchemaPropsOrStringArray': (bytes, decode) =>
    messageField(bytes, 1, decode) ?? textList(bytes, 2),
  'authentication.v1.ExtraValue': (bytes) => textList(bytes, 1),
  'authorization.v1.ExtraValue': (bytes) => textList(bytes, 1),
  'certificates.v1.ExtraValue': (bytes) => textList(bytes, 1),
  'meta.v1.Verbs': (bytes) => textList(bytes, 1),
}

function textField(bytes: Uint8Array, number: number): string {
  return textList(bytes, number).at(-1) ?? ''
}

function textList(bytes: Uint8Array, number: number): string[] {
  return [...readFields(bytes)].filter((field) => field.number === number).map((field) => readText(field.bytes))
}

function integerField(bytes: Uint8Array, number: number): number {
  let value = 0
  for (const field of readFields(bytes)) if (field.number === number) value = field.integer
  return value
}

function messageList(bytes: Uint8Array, number: number, decode: DecodeMessage): unknown[] {
  return [...readFields(bytes)].filter((field) => field.number === number).map((field) => decode(SCHEMA, field.bytes))
}

function messageField(bytes: Uint8Array, number: number, decode: DecodeMessage): unknown {
  return messageList(bytes, number, decode).at(-1)
}

// A time that was never set is written as an empty message.
function time(bytes: Uint8Array, fraction: (nanoseconds: number) => string): string | undefined {
  if (bytes.length === 0) return undefined
  const epochMs = integerField(bytes, 1) * 1000
  if (Math.abs(epochMs) > 8.64e15) throw new WireError('time out of range')
  return `${new Date(epochMs).toISOString().slice(0, 19)}${fraction(integerField(bytes, 2))}Z`
}

function rawJson(bytes: Uint8Array): unknown {
  for (const field of readFields(bytes)) {
    if (field.number !== 1 || field.bytes.length === 0) continue
    try {
      return JSON.parse(readText(field.bytes))
    } catch {
      throw new WireError('embedded JSON does not parse')
    }
  }
  return undefined
}

const utf8 = new TextDecoder('utf-8')

/** Reads text; bytes that are no UTF-8 become replacement characters. */
export function readText(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}
