import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ObjectKey } from '../../client.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import { invalid } from '../errors.ts'
import type { UserInfo, WriteContext } from '../request-context.ts'
import { sendObject, warningHeader } from './answer.ts'
import type { AnswerForm } from './negotiate.ts'
import type { RequestInfo, ResourceRequest } from './request-info.ts'

/** One request with its answer, after authentication. */
export interface Exchange<Info extends RequestInfo = RequestInfo> {
  request: IncomingMessage
  response: ServerResponse
  info: Info
  user: UserInfo
  warn(message: string): void
}

/** A request for objects of a known kind, and the form of its answer. */
export interface KindExchange extends Exchange<ResourceRequest> {
  kind: KindDefinition
  form: AnswerForm
}

/** Makes an exchange; warnings go into headers, each once, as long as they have not been sent. */
export function makeExchange(
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
  user: UserInfo,
): Exchange {
  const sent = new Set<string>()
  return {
    request,
    response,
    info,
    user,
    warn(message) {
      if (sent.has(message) || response.headersSent) return
      sent.add(message)
      response.appendHeader('Warning', warningHeader(message))
    },
  }
}

/** The write context of a request: who, as which field manager, and whether for show only. */
export function writeContextOf({ request, info, user, warn }: Exchange): WriteContext {
  const agent = String(request.headers['user-agent'] ?? '')
  // Upstream's default manager is the beginning of the user agent.
  const manager = info.query.get('fieldManager') || agent.split('/')[0]?.slice(0, 128) || 'unknown'
  return { user, manager, isDryRun: info.query.getAll('dryRun').includes('All'), warn }
}

/** Answers with an object in the negotiated format. */
export function answer({ request, response, form }: KindExchange, code: number, object: unknown): void {
  sendObject(request, response, code, object, form.format)
}

/** The object's key as the path names it. */
export function keyOf({ info, kind }: KindExchange): ObjectKey {
  return kind.namespaced ? { namespace: info.namespace, name: info.name ?? '' } : { name: info.name ?? '' }
}

/** The namespace of the path, for kinds that have one. */
export function namespaceOf({ info, kind }: KindExchange): string | undefined {
  return kind.namespaced ? info.namespace : undefined
}

/** Throws 422 for a dry run of a kind that does not exist. */
export function checkDryRun({ info }: KindExchange): void {
  const unknown = info.query.getAll('dryRun').find((value) => value !== 'All' && value !== '')
  if (unknown === undefined) return
  const message = `Invalid value: ["${unknown}"]: Unsupported value: "${unknown}": supported values: "All"`
  throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
    { field: 'dryRun', type: 'FieldValueNotSupported', message },
  ])
}
