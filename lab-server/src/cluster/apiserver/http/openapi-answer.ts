import { gunzipSync } from 'node:zlib'
import type { OpenApi } from '../../openapi/documents.ts'
import { noSuchPath } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import type { PathRequest } from './request-info.ts'

/** Sends an OpenAPI document: compressed when the client can take it, not at all when it has it already. */
export function answerOpenApi({ request, response, info }: Exchange<PathRequest>, openApi: OpenApi): void {
  const document = openApi.find(info.path, String(request.headers.accept ?? ''))
  if (document === undefined) throw noSuchPath()
  response.setHeader('ETag', document.etag)
  response.setHeader('Vary', 'Accept, Accept-Encoding')
  // A client that names the hash may keep the document for ever.
  if (info.query.has('hash')) response.setHeader('Cache-Control', 'public, immutable')
  if (request.headers['if-none-match'] === document.etag) {
    response.statusCode = 304
    response.end()
    return
  }
  const isCompressed = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const body = isCompressed ? document.gzip : gunzipSync(document.gzip)
  if (isCompressed) response.setHeader('Content-Encoding', 'gzip')
  response.setHeader('Content-Type', document.contentType)
  response.setHeader('Content-Length', body.length)
  response.end(request.method === 'HEAD' ? undefined : body)
}
