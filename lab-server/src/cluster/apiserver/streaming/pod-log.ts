// `GET …/pods/x/log`: plain text, streamed as the container writes it.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Pod } from '../../objects/types.ts'
import { badRequest } from '../errors.ts'
import type { NodeAccess } from '../node-access.ts'
import { chooseContainer, whyNoLogs } from './container-of-pod.ts'
import { parseLogOptions } from './log-options.ts'

/** A request for logs whose pod was found. */
export interface LogRequest {
  pod: Pod
  query: URLSearchParams
  response: ServerResponse
  node: NodeAccess
}

/** Answers with a container's log. Throws `ApiError` as long as nothing was sent. */
export async function answerPodLog({ pod, query, response, node }: LogRequest): Promise<void> {
  const options = parseLogOptions(query)
  const container = chooseContainer(pod, query.get('container') ?? '')
  // A pod that no node has yet has an empty log, not an error.
  if (!pod.spec?.nodeName) {
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end()
    return
  }
  const reason = whyNoLogs(pod, container, options.previous ?? false)
  if (reason) throw badRequest(reason)

  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const chunks = node.logs(pod, container, { ...options, signal: gone.signal })[Symbol.asyncIterator]()
  let next = chunks.next()
  // A follower is told at once that the log is there, even when the container has not said anything yet.
  if (options.follow) {
    await Promise.race([next, new Promise((resolve) => setImmediate(resolve))])
    startText(response)
    response.flushHeaders()
  }
  try {
    for (;;) {
      const { done, value } = await next
      if (done || gone.signal.aborted) break
      startText(response)
      if (!response.write(value)) await Promise.race([once(response, 'drain'), once(response, 'close')])
      next = chunks.next()
    }
  } catch (error) {
    // Too late for a Status: the client sees the log break off.
    if (!response.headersSent) throw error
    response.destroy()
    return
  } finally {
    if (gone.signal.aborted) await chunks.return?.()
  }
  startText(response)
  response.end()
}

function startText(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'text/plain' })
}
