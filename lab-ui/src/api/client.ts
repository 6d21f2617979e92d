// Talks to the lab. Every error is a Problem with a code and a message that can be shown as it is.
import type { Attempt, Hints, Report, ScenarioDetail, ScenarioSummary, Session } from '@taskmaster-lab/server/contract'

/** An answer that is not a success; `message` is for the reader. */
export class ProblemError extends Error {
  readonly code: string
  readonly status: number
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  } catch {
    throw new ProblemError(
      0,
      'unreachable',
      'The lab does not answer. Is it still running? Your work in the cluster is kept.',
    )
  }
  if (response.status === 204) return undefined as T
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer as T
  throw new ProblemError(
    response.status,
    answer.code ?? 'unknown',
    answer.message ?? `The lab answered ${response.status}.`,
  )
}

export const api = {
  session: () => ask<Session>('GET', '/session'),
  signIn: (token: string) => ask<Session>('POST', '/session', { token }),
  signOut: () => ask<void>('DELETE', '/session'),
  scenarios: () => ask<ScenarioSummary[]>('GET', '/scenarios'),
  scenario: (id: string) => ask<ScenarioDetail>('GET', `/scenarios/${id}`),
  attempts: () => ask<Attempt[]>('GET', '/attempts'),
  start: (scenarioId: string) => ask<Attempt>('POST', '/attempts', { scenarioId }),
  attempt: (id: string) => ask<Attempt>('GET', `/attempts/${id}`),
  check: (id: string) => ask<Attempt>('POST', `/attempts/${id}/check`),
  hints: (id: string) => ask<Hints>('GET', `/attempts/${id}/hints`),
  revealHint: (id: string) => ask<Hints>('POST', `/attempts/${id}/hints`),
  reset: (id: string) => ask<Attempt>('POST', `/attempts/${id}/reset`),
  report: (id: string) => ask<Report>('GET', `/attempts/${id}/report`),
  end: (id: string) => ask<void>('DELETE', `/attempts/${id}`),
}

/** Address of one of the attempt's sockets. */
export function socketUrl(attemptId: string, name: 'terminal' | 'events'): string {
  const { protocol, host } = window.location
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api/v1/attempts/${attemptId}/${name}`
}
