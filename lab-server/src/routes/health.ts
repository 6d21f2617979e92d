import type { FastifyPluginAsync } from 'fastify'
import type { Lab } from '../lab/lab.ts'

const hidden = { schema: { hide: true }, logLevel: 'warn' as const }

export interface HealthRoutesOptions {
  lab: Lab
  /** Whether the lab's database answers. */
  isReachable?: (() => Promise<boolean>) | undefined
}

/** Liveness and readiness, for whoever runs the lab. */
export const healthRoutes: FastifyPluginAsync<HealthRoutesOptions> = async (app, { lab, isReachable }) => {
  app.get('/healthz', hidden, async () => ({ status: 'ok' }))

  app.get('/readyz', hidden, async (_request, reply) => {
    if (!lab.isReady()) return reply.code(503).send({ status: 'stopping' })
    if (isReachable && !(await isReachable())) return reply.code(503).send({ status: 'the database does not answer' })
    return { status: 'ready' }
  })
}
