// The OpenAPI documents that clients download. They are kept compressed, and those of the built-in kinds are shared by
// all clusters of a process; a cluster with custom kinds has its own.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type CustomKind, withCustomKinds } from './custom-kinds.ts'
import type { OpenApiV2 } from './openapi-v2.ts'
import { encodeOpenApiV2 } from './openapi-v2-protobuf.ts'
import { toOpenApiV3, v3Keys } from './openapi-v3.ts'

/** A document as it is sent. */
export interface OpenApiDocument {
  contentType: string
  /** The content, compressed with gzip. */
  gzip: Buffer
  etag: string
}

/** The documents of one cluster. */
export interface OpenApi {
  /**
   * The document at a path such as `/openapi/v2`, `/openapi/v3` or `/openapi/v3/apis/apps/v1`, in the form that the
   * `Accept` header asks for; undefined when there is none.
   */
  find(path: string, accept?: string): OpenApiDocument | undefined
}

const json = 'application/json'
// Asked for with an @, which no media type may have; answered without.
const askedV2Protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
const v2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** Makes the documents of a cluster; `customKinds` is asked at every call, so that changes show at once. */
export function makeOpenApi(customKinds: () => CustomKind[] = () => []): OpenApi {
  let own: { signature: string; documents: OpenApi } | undefined
  return {
    find(path, accept) {
      const customs = customKinds()
      if (customs.length === 0) return builtIn().find(path, accept)
      const signature = JSON.stringify(customs)
      if (own?.signature !== signature) {
        own = { signature, documents: makeDocuments(() => withCustomKinds(readBuiltIn(), customs), signature) }
      }
      return own.documents.find(path, accept)
    },
  }
}

let shared: OpenApi | undefined

function builtIn(): OpenApi {
  shared ??= makeDocuments(readBuiltIn, '')
  return shared
}

function packedBuiltIn(): Buffer {
  return readFileSync(new URL('generated/openapi-v2.json.gz', import.meta.url))
}

// Parsed for as long as a document is being made, and then let go: it would be several megabytes.
function readBuiltIn(): OpenApiV2 {
  return JSON.parse(gunzipSync(packedBuiltIn()).toString()) as OpenApiV2
}

function makeDocuments(read: () => OpenApiV2, signature: string): OpenApi {
  const made = new Map<string, OpenApiDocument>()
  let keys: string[] | undefined
  const content = createHash('sha512').update(packedBuiltIn()).update(signature).digest()
  const hash = (key: string) => createHash('sha512').update(content).update(key).digest('hex').toUpperCase()
  const once = (key: string, contentType: string, content: () => Buffer): OpenApiDocument => {
    const found = made.get(key)
    if (found) return found
    const document = { contentType, gzip: gzipSync(content()), etag: `"${hash(key)}"` }
    made.set(key, document)
    return document
  }
  const asJson = (content: unknown) => Buffer.from(JSON.stringify(content))

  return {
    find(path, accept = json) {
      if (path === '/openapi/v2') {
        const isProtobuf = accept.includes(askedV2Protobuf) || accept.includes(v2Protobuf)
        if (isProtobuf) return once('v2.pb', v2Protobuf, () => encodeOpenApiV2(read()))
        return once('v2', json, () => asJson(read()))
      }
      keys ??= v3Keys(read())
      const all = keys
      if (path === '/openapi/v3' || path === '/openapi/v3/') {
        const entry = (key: string) => [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${hash(key)}` }] as const
        return once('v3', json, () => asJson({ paths: Object.fromEntries(all.map(entry)) }))
      }
      const key = path.replace(/^\/openapi\/v3\//, '')
      return all.includes(key) ? once(key, json, () => asJson(toOpenApiV3(read(), key))) : undefined
    },
  }
}
