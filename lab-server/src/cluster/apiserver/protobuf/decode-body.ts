// Request bodies of type application/vnd.kubernetes.protobuf: four magic bytes, then a runtime.Unknown, which names the
// kind and carries the message. Modern kubectl sends these for `create`, `autoscale`, eviction and reviews.
import { badRequest } from '../errors.ts'
import { decodeMessage } from './decode-message.ts'
import { findMessageOfKind } from './messages.ts'
import { readText } from './special-messages.ts'
import { readFields, WireError } from './wire-reader.ts'

/** The media type of a request body in protobuf. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf'

const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00])

interface Envelope {
  apiVersion: string
  kind: string
  raw: Uint8Array
}

/** Decodes a protobuf body into the object that the same request would carry as JSON. Throws `ApiError` (400). */
export function decodeProtobufBody(body: Uint8Array): Record<string, unknown> {
  if (!Buffer.from(body.subarray(0, 4)).equals(MAGIC)) {
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  try {
    const { apiVersion, kind, raw } = readEnvelope(body.subarray(4))
    const message = findMessageOfKind(apiVersion, kind)
    if (!message) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}" in scheme`)
    return { kind, apiVersion, ...(decodeMessage(message, raw) as object) }
  } catch (error) {
    if (error instanceof WireError) throw badRequest(`error decoding protobuf: ${error.message}`)
    throw error
  }
}

function readEnvelope(bytes: Uint8Array): Envelope {
  const envelope: Envelope = { apiVersion: '', kind: '', raw: new Uint8Array(0) }
  for (const field of readFields(bytes)) {
    if (field.number === 2) envelope.raw = field.bytes
    if (field.number !== 1) continue
    for (const part of readFields(field.bytes)) {
      if (part.number === 1) envelope.apiVersion = readText(part.bytes)
      if (part.number === 2) envelope.kind = readText(part.bytes)
    }
  }
  return envelope
}
