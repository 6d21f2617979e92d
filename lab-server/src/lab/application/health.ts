// What the application looks like from outside, asked again and again.
import type { AppHealth } from '../../contract/events.ts'
import type { AppAnswer, NoAnswer, UsersPath } from './users-path.ts'

/** Asks for the dashboard and the API's own health once. */
export async function readHealth(users: UsersPath, now: () => Date): Promise<AppHealth> {
  const [page, api] = await Promise.all([users.request({ path: '/' }), users.request({ path: '/api/health' })])
  return describeHealth(page, api, now())
}

/** Whether users are served: the page and the API both answer as they should. */
export function isHealthy(health: AppHealth): boolean {
  return health.frontend.status === 200 && health.api.status === 200 && health.database === 'connected'
}

/** Health from the two answers. */
export function describeHealth(page: AppAnswer | NoAnswer, api: AppAnswer | NoAnswer, at: Date): AppHealth {
  const fields = api.status === null ? undefined : (api.json as { status?: string; database?: string } | undefined)
  const isApi = typeof fields === 'object' && fields !== null && typeof fields.database === 'string'
  return {
    at: at.toISOString(),
    frontend: { status: page.status, detail: page.status === null ? page.detail : statusText(page.status) },
    api: {
      status: api.status,
      detail:
        api.status === null
          ? api.detail
          : isApi
            ? (fields.status ?? '')
            : `${statusText(api.status)}, not the API's JSON`,
    },
    database: !isApi ? 'unknown' : fields.database === 'connected' ? 'connected' : 'disconnected',
  }
}

const texts: Record<number, string> = {
  200: 'OK',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** `503 Service Unavailable`. */
export function statusText(status: number): string {
  return texts[status] ? `${status} ${texts[status]}` : String(status)
}
