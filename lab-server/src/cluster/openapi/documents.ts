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
  let own: { signature: string; documents: Documents } | undefined
  const ownDocuments = (customs: CustomKind[]): Documents => {
    const signature = JSON.stringify(customs)
    if (own?.signature !== signature) {
      own = { signature, documents: makeDocuments(() => withCustomKinds(readBuiltIn(), customs), signature) }
    }
    return own.documents
  }
  return {
    find(path, accept = json) {
      const customs = customKinds()
      const documents = customs.length === 0 ? builtIn() : ownDocuments(customs)
      if (path === '/openapi/v2') return documents.v2(accept)
      // The groups of custom kinds are the cluster's own; the others are everybody's.
      const groups = new Set(customs.flatMap(({ group, version }) => [`apis/${group}`, `apis/${group}/${version}`]))
      const sourceOf = (key: string) => (groups.has(key) ? documents : builtIn())
      const keys = [...new Set([...builtIn().keys(), ...(customs.length > 0 ? documents.keys() : [])])].sort()
      if (path === '/openapi/v3' || path === '/openapi/v3/') return indexOf(keys, (key) => sourceOf(key).hash(key))
      const key = path.replace(/^\/openapi\/v3\//, '')
      return keys.includes(key) ? sourceOf(key).v3(key) : undefined
    },
  }
}

/** The documents made of one v2 document. */
interface Documents {
  /** The keys of its v3 documents. */
  keys(): string[]
  hash(key: string): string
  v2(accept: string): OpenApiDocument
  v3(key: string): OpenApiDocument
}

let shared: Documents | undefined

function builtIn(): Documents {
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

function makeDocuments(read: () => OpenApiV2, signature: string): Documents {
  const made = new Map<string, OpenApiDocument>()
  let keys: string[] | undefined
  const content = createHash('sha512').update(packedBuiltIn()).update(signature).digest()
  const hash = (key: string) => createHash('sha512').update(content).update(key).digest('hex').toUpperCase()
  const once = (key: string, contentType: string, make: () => Buffer): OpenApiDocument => {
    const found = made.get(key)
    if (found) return found
    const document = { contentType, gzip: gzipSync(make()), etag: `"${hash(key)}"` }
    made.set(key, document)
    return document
  }
  return {
    keys() {
      keys ??= v3Keys(read())
      return keys
    },
    hash,
    v2(accept) {
      const isProtobuf = accept.includes(askedV2Protobuf) || accept.includes(v2Protobuf)
      if (isProtobuf) return once('v2.pb', v2Protobuf, () => encodeOpenApiV2(read()))
      return once('v2', json, () => asJson(read()))
    },
    v3: (key) => once(key, json, () => asJson(toOpenApiV3(read(), key))),
  }
}

function indexOf(keys: string[], hash: (key: string) => string): OpenApiDocument {
  const entry = (key: string) => [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${hash(key)}` }] as const
  const content = asJson({ paths: Object.fromEntries(keys.map(entry)) })
  return { contentType: json, gzip: gzipSync(content), etag: `"${createHash('sha512').update(content).digest('hex')}"` }
}

function asJson(content: unknown): Buffer {
  return Buffer.from(JSON.stringify(content))
}
