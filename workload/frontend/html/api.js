// Talks to the API and says, when something fails, which tier it was.

/** A failure of a request: `kind` tells the tiers apart, `evidence` is what was really seen. */
export class ApiError extends Error {
  constructor(kind, message, evidence) {
    super(message)
    this.kind = kind
    this.evidence = evidence
  }
}

/** Sends a request to `/api` and returns the parsed answer; throws ApiError. */
export async function call(method, path, body, timeoutMs = 15_000) {
  const what = `${method} /api${path}`
  let response
  try {
    response = await fetch(`/api${path}`, {
      method,
      headers: body ? { 'Content-Type': 'application/json' } : {},
      body: body && JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    })
  } catch (error) {
    const reason = error.name === 'TimeoutError' ? `no answer within ${timeoutMs / 1000} s` : error.message
    throw new ApiError('unreachable', 'The server could not be reached.', `${what}: ${reason}`)
  }
  const evidence = `${what}: HTTP ${response.status} ${response.statusText}`.trim()
  const data = await parse(response)
  if (data === undefined) throw notJson(response, evidence)
  if (response.ok) return data
  throw refused(response, data, evidence)
}

async function parse(response) {
  if (!response.headers.get('content-type')?.includes('json')) return undefined
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

/** What answered was no API: a proxy's error page, or a web server that stands in its place. */
function notJson(response, evidence) {
  const type = response.headers.get('content-type') ?? 'no content type'
  if (response.ok) {
    return new ApiError(
      'not-json',
      'Something answered in place of the API: a web page came where data was expected.',
      `${evidence}, ${type}`,
    )
  }
  if (response.status >= 502) {
    return new ApiError('gateway', 'The web server is up, but it found no API behind it that answers.', evidence)
  }
  if (response.status === 413)
    return new ApiError('rejected', 'The task was refused on its way: it is too large.', evidence)
  return new ApiError('not-json', 'The API is not where this page looks for it.', `${evidence}, ${type}`)
}

function refused(response, data, evidence) {
  const text = data.error ?? data.message ?? ''
  if (data.database === 'disconnected' || response.status === 503) {
    return new ApiError(
      'database',
      'The API answers, but it cannot use its database.',
      text ? `${evidence}: ${text}` : evidence,
    )
  }
  if (response.status >= 500) return new ApiError('failed', 'The API failed to carry this out.', `${evidence}: ${text}`)
  return new ApiError('rejected', text || 'The API refused this.', evidence)
}

/** Asks for the health of API and database; never throws. */
export async function checkHealth() {
  try {
    await call('GET', '/health', undefined, 6000)
    return { api: 'ok', database: 'ok' }
  } catch (error) {
    if (error.kind === 'database') return { api: 'ok', database: 'bad', error }
    return { api: 'bad', database: 'unknown', error }
  }
}
