// The built UI, with a fallback to its index for addresses that only the page knows, and a strict policy.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

export interface PagesOptions {
  /** The folder of the built UI; without it only the API is served. */
  uiDir: string | undefined
  /** Domain of the applications, to be shown in frames. */
  appDomain: string
}

/** Serves the UI and answers 404 for everything else. */
export function installPages(app: FastifyInstance, { uiDir, appDomain }: PagesOptions): void {
  const policy = [
    "default-src 'self'",
    "connect-src 'self' ws: wss:",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    // xterm sets styles of its own rows.
    "style-src 'self' 'unsafe-inline'",
    `frame-src 'self' http://*.${appDomain}:* https://*.${appDomain}:*`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    reply.header('cross-origin-opener-policy', 'same-origin')
    if (!reply.hasHeader('content-security-policy') && !request.url.startsWith('/api/docs')) {
      reply.header('content-security-policy', policy)
    }
  })
  const index = uiDir && join(uiDir, 'index.html')
  const hasUi = index !== undefined && existsSync(index)
  if (hasUi) {
    app.register(fastifyStatic, {
      root: uiDir,
      wildcard: false,
      index: false,
      // Both come from the file's time, and in an image all files may have one: the page of an older lab would pass for
      // this one's.
      etag: false,
      lastModified: false,
      setHeaders(reply, path) {
        // File names of assets carry a hash of their content.
        const isAsset = path.includes('/assets/')
        reply.header('cache-control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    // A missing asset must be a 404: a page in its place would be run as a script.
    const isData = request.url.startsWith('/api/') || request.url.startsWith('/assets/')
    const isPage = request.method === 'GET' && !isData && wantsHtml(request.headers.accept)
    if (hasUi && isPage) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    return reply
      .code(404)
      .send({ code: 'not-found', message: `There is nothing at ${request.method} ${pathOf(request.url)}.` })
  })
}

function wantsHtml(accept: string | undefined): boolean {
  return accept === undefined || accept.includes('text/html') || accept.includes('*/*')
}

function pathOf(url: string): string {
  return url.split('?')[0]?.slice(0, 200) ?? url
}
