// One catalogue of error codes mapped to statuses; every error body is `{ code, message }`.
import type { FastifyError, FastifyInstance } from 'fastify'
import type { ProblemCode } from '../contract/problem.ts'
import { LabError } from '../lab/lab-error.ts'

const statusOf: Record<ProblemCode, number> = {
  'bad-request': 400,
  unauthorised: 401,
  forbidden: 403,
  'not-found': 404,
  'unknown-scenario': 404,
  'attempt-ended': 409,
  'attempt-not-ready': 409,
  'report-not-ready': 409,
  'no-hint-left': 409,
  'no-recording': 404,
  'payload-too-large': 413,
  'too-many-requests': 429,
  'too-many-attempts': 429,
  'sandbox-failed': 502,
  internal: 500,
}

/** Answers every error as `{ code, message }`; what is not ours to tell is logged, not sent. */
export function installErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { code, message, status } = problemOf(error)
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    return reply.code(status).send({ code, message })
  })
}

function problemOf(error: FastifyError | LabError): { code: ProblemCode; message: string; status: number } {
  if (error instanceof LabError) return { code: error.code, message: error.message, status: statusOf[error.code] }
  const status = error.statusCode ?? 500
  if (error.validation) return { code: 'bad-request', message: validationText(error), status: 400 }
  if (status === 413) return { code: 'payload-too-large', message: 'The body is too large.', status }
  if (status === 429) return { code: 'too-many-requests', message: error.message, status }
  if (status === 415) return { code: 'bad-request', message: 'Send JSON, with content-type application/json.', status }
  if (status === 404) return { code: 'not-found', message: error.message, status }
  if (status >= 400 && status < 500) return { code: 'bad-request', message: error.message, status }
  return { code: 'internal', message: 'Something went wrong in the lab. The log of the server says what.', status: 500 }
}

function validationText(error: FastifyError): string {
  const [first] = error.validation ?? []
  const where = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`
  if (first?.keyword === 'additionalProperties') {
    return `${where} has an unknown field ${String((first.params as { additionalProperty?: string }).additionalProperty)}.`
  }
  return `${where} ${first?.message ?? 'is not valid'}.`
}
