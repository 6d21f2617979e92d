import type { FastifyPluginAsync } from 'fastify'
import type { Lab } from '../lab/lab.ts'

const hidden = { schema: { hide: true }, logLevel: 'warn' as const }

/** Liveness and readiness, for whoever runs the lab. */
export const healthRoutes: FastifyPluginAsync<{ lab: Lab }> = async (app, { lab }) => {
  app.get('/healthz', hidden, async () => ({ status: 'ok' }))

  app.get('/readyz', hidden, async (_request, reply) => {
    const isReady = lab.isReady()
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'stopping' })
  })
}
