// What the query of a list or watch asks for.
import { badRequest } from '../errors.ts'
import { invalidOption, type ListRequest } from '../verbs/list.ts'
import { isTrue } from './request-info.ts'
import type { WatchOptions } from './watch-answer.ts'

/** The list part of a query. */
export function listRequestOf(query: URLSearchParams, namespace: string | undefined, name?: string): ListRequest {
  const limit = numberOf(query, 'limit')
  const byName = name === undefined ? undefined : `metadata.name=${name}`
  const fields = [query.get('fieldSelector'), byName].filter(Boolean).join(',')
  return {
    namespace,
    labelSelector: query.get('labelSelector') || undefined,
    fieldSelector: fields || undefined,
    limit: limit || undefined,
    continueToken: query.get('continue') || undefined,
    resourceVersion: query.get('resourceVersion') || undefined,
    resourceVersionMatch: query.get('resourceVersionMatch') || undefined,
  }
}

// Upstream ends watches without a timeout after a random time between 30 and 60 minutes.
const defaultTimeoutSeconds = 1800

/** The watch part of a query; throws 422 for options that contradict each other. */
export function watchOptionsOf(query: URLSearchParams, request: ListRequest): Omit<WatchOptions, 'clock'> {
  const sendInitialEvents = query.get('sendInitialEvents')
  const wantsInitial = isTrue(sendInitialEvents)
  const { resourceVersion, resourceVersionMatch } = request
  if (sendInitialEvents !== null && resourceVersionMatch !== 'NotOlderThan') {
    const message = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'
    throw invalidOption('resourceVersionMatch', 'FieldValueForbidden', message)
  }
  if (sendInitialEvents === null && resourceVersionMatch) {
    const message = 'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'
    throw invalidOption('resourceVersionMatch', 'FieldValueForbidden', message)
  }
  const isFromNow = !resourceVersion || resourceVersion === '0'
  const timeoutSeconds = numberOf(query, 'timeoutSeconds') || defaultTimeoutSeconds * (1 + Math.random())
  const bookmarks = isTrue(query.get('allowWatchBookmarks'))
  return {
    request: { ...request, limit: undefined, continueToken: undefined, resourceVersionMatch: undefined },
    initial: sendInitialEvents === null ? isFromNow : wantsInitial,
    initialBookmark: wantsInitial && bookmarks,
    bookmarks,
    timeoutMs: timeoutSeconds * 1000,
  }
}

/** A whole number of the query; throws 400 in Go's words for anything else. */
export function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  return Number(text)
}
