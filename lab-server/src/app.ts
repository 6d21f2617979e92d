// Builds the Fastify app: plugins, then routes. Reads as the table of contents; never listens.
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify'
import type { Session } from './contract/session.ts'
import type { Lab } from './lab/lab.ts'
import { installAppProxy } from './plugins/app-proxy.ts'
import { requirePerson } from './plugins/auth.ts'
import { installDocumentation } from './plugins/documentation.ts'
import { installErrors } from './plugins/errors.ts'
import { installJsonBody } from './plugins/json-body.ts'
import { installMetrics } from './plugins/metrics.ts'
import { installPages } from './plugins/pages.ts'
import { makeSessions, type SessionStore } from './plugins/sessions.ts'
import { attemptRoutes } from './routes/attempts.ts'
import { healthRoutes } from './routes/health.ts'
import { type ReadRecordings, recordingRoutes } from './routes/recordings.ts'
import { scenarioRoutes } from './routes/scenarios.ts'
import { sessionRoutes } from './routes/session.ts'
import { type AttachTerminals, socketRoutes } from './routes/sockets.ts'

export interface AppConfig {
  instructorToken: string
  /** Where browsers reach the lab, e.g. `http://localhost:8080`. */
  publicUrl: string
  /** Domain of the applications: `app.localhost`. */
  appDomain: string
  /** The built UI; without it only the API is served. */
  uiDir?: string
  cluster: Session['cluster']
  isolation: Session['isolation']
  /** Fastify's logger: `true`, options, or none. */
  logger?: FastifyServerOptions['logger']
  /** Behind a proxy that sets X-Forwarded-*. */
  trustProxy?: boolean
}

export interface AppParts {
  lab: Lab
  terminals?: AttachTerminals
  /** What terminals showed; without it there are no recordings. */
  recordings?: ReadRecordings
  sessionStore: SessionStore
  /** Whether the lab's database answers, for `/readyz`. */
  isReachable?: () => Promise<boolean>
  config: AppConfig
}

const largestBody = 64 * 1024
const largestFrame = 1024 * 1024

/** The app, ready to listen or to be injected into. */
export async function buildApp({
  lab,
  terminals,
  recordings,
  sessionStore,
  isReachable,
  config,
}: AppParts): Promise<FastifyInstance> {
  const app = fastify({
    logger: config.logger ?? false,
    bodyLimit: largestBody,
    trustProxy: config.trustProxy ?? false,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false } },
  })
  const sessions = makeSessions(config.instructorToken, sessionStore)
  const origins = [new URL(config.publicUrl).origin]
  const isSecure = config.publicUrl.startsWith('https:')

  installAppProxy(app, { domain: config.appDomain, targetOf: (id) => lab.appTarget(id) })
  installErrors(app)
  installJsonBody(app)
  await app.register(cookie)
  await app.register(rateLimit, { global: false })
  await app.register(websocket, { options: { maxPayload: largestFrame } })
  await installDocumentation(app)
  installMetrics(app, lab)

  await app.register(healthRoutes, { lab, isReachable })
  await app.register(sessionRoutes, {
    prefix: '/api/v1',
    sessions,
    origins,
    isSecure,
    about: { cluster: config.cluster, isolation: config.isolation },
  })
  await app.register(
    async (api) => {
      requirePerson(api, { sessions, origins })
      await api.register(scenarioRoutes, { lab })
      await api.register(attemptRoutes, { lab })
      await api.register(recordingRoutes, { lab, recordings })
      await api.register(socketRoutes, { lab, terminals })
    },
    { prefix: '/api/v1' },
  )
  installPages(app, { uiDir: config.uiDir, appDomain: config.appDomain })
  return app
}

/** Where an attempt's application is served, for a lab at `publicUrl`. */
export function appUrlFor(publicUrl: string, appDomain: string): (attemptId: string) => string {
  const { protocol, port } = new URL(publicUrl)
  return (attemptId) => `${protocol}//${attemptId}.${appDomain}${port ? `:${port}` : ''}/`
}
