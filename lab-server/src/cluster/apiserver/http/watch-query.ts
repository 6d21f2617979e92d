// What the query of a list or watch asks for.
import { invalidOption, type ListRequest } from '../verbs/list.ts'
import { flag, numberOf } from './query-values.ts'
import type { WatchOptions } from './watch-answer.ts'

/** The list part of a query. */
export function listRequestOf(query: URLSearchParams, namespace: string | undefined, name?: string): ListRequest {
  const limit = numberOf(query, 'limit') ?? 0
  // Not for lists, but read with the other options.
  numberOf(query, 'timeoutSeconds')
  const byName = name === undefined ? undefined : `metadata.name=${name}`
  const fields = [query.get('fieldSelector'), byName].filter(Boolean).join(',')
  return {
    namespace,
    labelSelector: query.get('labelSelector') || undefined,
    fieldSelector: fields || undefined,
    limit: limit > 0 ? limit : undefined,
    continueToken: query.get('continue') || undefined,
    resourceVersion: query.get('resourceVersion') || undefined,
    resourceVersionMatch: query.get('resourceVersionMatch') || undefined,
  }
}

// Upstream ends watches without a timeout after a random time between 30 and 60 minutes.
const defaultTimeoutSeconds = 1800

/** The watch part of a query; throws 422 for options that contradict each other. */
export function watchOptionsOf(query: URLSearchParams, request: ListRequest): Omit<WatchOptions, 'clock'> {
  const saysInitial = query.has('sendInitialEvents')
  const wantsInitial = flag(query, 'sendInitialEvents')
  const { resourceVersion, resourceVersionMatch } = request
  if (saysInitial && resourceVersionMatch !== 'NotOlderThan') {
    const message = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'
    throw invalidOption('resourceVersionMatch', 'FieldValueForbidden', message)
  }
  if (!saysInitial && resourceVersionMatch) {
    const message = 'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'
    throw invalidOption('resourceVersionMatch', 'FieldValueForbidden', message)
  }
  const isFromNow = !resourceVersion || resourceVersion === '0'
  const timeoutSeconds = numberOf(query, 'timeoutSeconds') || defaultTimeoutSeconds * (1 + Math.random())
  const bookmarks = flag(query, 'allowWatchBookmarks')
  return {
    request: { ...request, limit: undefined, continueToken: undefined, resourceVersionMatch: undefined },
    initial: saysInitial ? wantsInitial : isFromNow,
    initialBookmark: wantsInitial && bookmarks,
    bookmarks,
    timeoutMs: timeoutSeconds * 1000,
  }
}
