import type { FastifyInstance } from 'fastify'

/**
 * JSON bodies, of which an empty one is none: many clients send `content-type: application/json` with every
 * request. Keys that would reach into prototypes are refused.
 */
export function installJsonBody(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    // The default parser answers through `done`.
    return parse(request, body, done)
  })
}
