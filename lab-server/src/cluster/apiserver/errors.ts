// Every failure of the API is an ApiError holding a Status in upstream's words. Built here and nowhere else.
import type { FieldError, KindDefinition } from '../objects/kind-definition.ts'

/** One machine-readable reason in `Status.details.causes`. */
export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}

/** `Status.details`, with only what upstream sets. */
export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

/** A failed `Status` as it travels. */
export interface FailureStatus {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, never>
  status: 'Failure'
  message: string
  reason?: string
  details?: StatusDetails
  code: number
}

/** The resource an error is about: `pods`, or `deployments` of `apps`. */
export interface GroupResource {
  group: string
  plural: string
}

/** A failure with the `Status` that the HTTP API answers. */
export class ApiError extends Error {
  readonly status: FailureStatus

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message)
    this.name = 'ApiError'
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      code,
    }
  }

  get code(): number {
    return this.status.code
  }

  get reason(): string {
    return this.status.reason ?? ''
  }
}

/** Tells whether `error` is an ApiError, of `reason` when one is given. */
export function isApiError(error: unknown, reason?: string): error is ApiError {
  return error instanceof ApiError && (reason === undefined || error.reason === reason)
}

/** Names a resource as upstream's messages do: `pods`, `deployments.apps`. */
export function qualifiedResource({ group, plural }: GroupResource): string {
  return group === '' ? plural : `${plural}.${group}`
}

function resourceDetails({ group, plural }: GroupResource, name: string): StatusDetails {
  return { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: plural }
}

/** 404 for an object: `pods "x" not found`. */
export function notFound(resource: GroupResource, name: string): ApiError {
  const message = `${qualifiedResource(resource)} "${name}" not found`
  return new ApiError(404, 'NotFound', message, resourceDetails(resource, name))
}

/** 404 for a path that is no resource at all. */
export function noSuchPath(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})
}

/** 409 for a name that is taken. */
export function alreadyExists(resource: GroupResource, name: string): ApiError {
  const message = `${qualifiedResource(resource)} "${name}" already exists`
  return new ApiError(409, 'AlreadyExists', message, resourceDetails(resource, name))
}

/** 409 for a write that lost a race, or for another refusal to change the object. */
export function conflict(
  resource: GroupResource,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(resource)} "${name}": ${why}`
  return new ApiError(409, 'Conflict', message, resourceDetails(resource, name))
}

/** 422 for an object that breaks rules, each with its field. */
export function invalid(kind: Pick<KindDefinition, 'group' | 'kind'>, name: string, errors: FieldError[]): ApiError {
  const unique = [...new Map(errors.map((error) => [`${error.field}: ${error.message}`, error])).entries()]
  const texts = unique.map(([text]) => text)
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  return new ApiError(422, 'Invalid', `${qualified} "${name}" is invalid: ${list}`, {
    ...(name ? { name } : {}),
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.kind,
    causes: unique.map(([, error]) => ({ reason: error.type, message: error.message, field: error.field })),
  })
}

/** 422 without fields, as the server answers an unusable patch. */
export function unprocessable(message = 'the server rejected our request due to an error in our request'): ApiError {
  return new ApiError(422, 'Invalid', message, {})
}

/** 403 by admission or authorization: `pods "x" is forbidden: why`. */
export function forbidden(resource: GroupResource, name: string, why: string): ApiError {
  const subject = name ? `${qualifiedResource(resource)} "${name}"` : qualifiedResource(resource)
  return new ApiError(403, 'Forbidden', `${subject} is forbidden: ${why}`, resourceDetails(resource, name))
}

/** 403 with a whole message of its own, e.g. for a path that is no resource. */
export function forbiddenPath(message: string): ApiError {
  return new ApiError(403, 'Forbidden', message, {})
}

/** 400: the request cannot be understood. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}

/** 401: no identity could be established from the credentials given. */
export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized')
}

/** 405: the resource exists but not with this method. */
export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

/** 406: none of the media types that the client accepts can be produced. */
export function notAcceptable(accepted: string[]): ApiError {
  return new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)
}

/** 415 for a body in a format that the server does not read. */
export function unsupportedMediaType(accepted?: string[]): ApiError {
  const message = accepted
    ? `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`
    : '415: Unsupported Media Type'
  return new ApiError(415, 'UnsupportedMediaType', message, accepted ? undefined : {})
}

/** 413 for a body over the limit. */
export function tooLarge(limitBytes: number): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes}`)
}

/** 410: the version asked for is no longer kept; the client must list again. */
export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message)
}

/** 504: the client asked for a version that the server has not reached. */
export function tooLargeVersion(asked: string, current: number): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

/** 429, e.g. for an eviction that a disruption budget forbids. */
export function tooManyRequests(message: string, details: StatusDetails = {}): ApiError {
  return new ApiError(429, 'TooManyRequests', message, details)
}

/** 503: what the request needs does not answer. */
export function serviceUnavailable(message: string): ApiError {
  return new ApiError(503, 'ServiceUnavailable', message)
}

/** 500 in upstream's form. */
export function internalError(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}
