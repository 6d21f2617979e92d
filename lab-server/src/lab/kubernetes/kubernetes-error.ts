/** A refusal of the API server, or no answer at all (`status` 0). */
export class KubernetesError extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.name = 'KubernetesError'
    this.status = status
    this.reason = reason
  }
}

/** Whether the object, or its kind, is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubernetesError && error.status === 404
}

/** Whether the API server could not be asked: this says nothing about the objects. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof KubernetesError && (error.status === 0 || error.status >= 500 || error.status === 429)
}

/** The error in an answer of the API server: a Status when it sent one. */
export function readStatus(status: number, body: string): KubernetesError {
  try {
    const answer = JSON.parse(body)
    if (answer?.kind === 'Status')
      return new KubernetesError(status, String(answer.reason ?? ''), String(answer.message ?? ''))
  } catch {
    // Not JSON: a proxy's page, or an answer cut short.
  }
  return new KubernetesError(status, '', body.slice(0, 200) || `HTTP ${status}`)
}
