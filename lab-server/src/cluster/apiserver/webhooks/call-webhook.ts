// Asks a webhook over HTTPS: at a Service of the cluster, or at a URL where the cluster's owner allows it.
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { connect } from 'node:tls'
import type { Service } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import type { Dial } from '../cluster-dial.ts'
import { readyEndpoints } from '../service-endpoints.ts'
import type { Webhook } from './webhook-rules.ts'

/** What a webhook answered. */
export interface WebhookResponse {
  uid: string
  allowed: boolean
  status?: { code?: number; message?: string; reason?: string }
  /** A JSON patch, base64. */
  patch?: string
  patchType?: string
  warnings?: string[]
}

/** The ways into the cluster. */
export interface WebhookCaller {
  store: Store
  dial: Dial | undefined
  /** Whether URLs are called too. A URL can be any address of this machine, so it takes an owner who trusts all users. */
  callsUrls: boolean
}

const largestAnswerBytes = 3 * 1024 * 1024

/** Sends a review and returns the answer; rejects with the reason in upstream's words. */
export async function callWebhook(webhook: Webhook, review: object, caller: WebhookCaller): Promise<WebhookResponse> {
  const timeoutSeconds = webhook.timeoutSeconds ?? 10
  const url = webhookUrl(webhook, timeoutSeconds)
  const fail = (why: string) => new Error(`failed to call webhook: Post ${JSON.stringify(url)}: ${why}`)
  const signal = AbortSignal.timeout(timeoutSeconds * 1000)
  try {
    const ca = webhook.clientConfig.caBundle ? { ca: Buffer.from(webhook.clientConfig.caBundle, 'base64') } : {}
    const way = webhook.clientConfig.service
      ? await dialService(webhook.clientConfig.service, { caller, ca, timeoutMs: timeoutSeconds * 1000 })
      : urlWay(caller, ca)
    return parseResponse(await post(url, review, { ...way, signal }))
  } catch (error) {
    if (signal.aborted) throw fail('context deadline exceeded')
    throw fail(error instanceof Error ? error.message : String(error))
  }
}

/** How a request gets there. */
type Way = Pick<RequestOptions, 'ca' | 'createConnection' | 'agent'>

function urlWay({ callsUrls }: WebhookCaller, ca: Way): Way {
  if (!callsUrls) throw new Error('only services of the cluster are called')
  return { ...ca, agent: false }
}

async function dialService(
  service: NonNullable<Webhook['clientConfig']['service']>,
  { caller, ca, timeoutMs }: { caller: WebhookCaller; ca: { ca?: Buffer }; timeoutMs: number },
): Promise<Way> {
  const found = caller.store.find('services', `${service.namespace}/${service.name}`) as unknown as Service | undefined
  if (found === undefined) throw new Error(`service ${JSON.stringify(service.name)} not found`)
  const endpoints = readyEndpoints(caller.store, found, String(service.port ?? 443))
  const target = endpoints?.[Math.floor(Math.random() * endpoints.length)]
  if (target === undefined || caller.dial === undefined) {
    throw new Error(`no endpoints available for service ${JSON.stringify(service.name)}`)
  }
  const socket = await caller.dial(target.address, target.port, timeoutMs)
  const secured = connect({ socket, servername: `${service.name}.${service.namespace}.svc`, ...ca })
  return { createConnection: () => secured }
}

function webhookUrl({ clientConfig }: Webhook, timeoutSeconds: number): string {
  const { url, service } = clientConfig
  const path = service?.path?.replace(/^\/?/, '/') ?? ''
  const base = service ? `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${path}` : (url ?? '')
  return `${base}?timeout=${timeoutSeconds}s`
}

function post(url: string, body: object, options: Way & { signal: AbortSignal }): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(url, { ...options, method: 'POST', headers: { 'content-type': 'application/json' } })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      let text = ''
      incoming.on('error', reject)
      incoming.on('data', (chunk) => {
        text += chunk
        if (text.length > largestAnswerBytes) incoming.destroy(new Error('the answer is too large'))
      })
      incoming.on('end', () => {
        if (incoming.statusCode === 200) resolve(text)
        else reject(new Error(`unexpected status ${incoming.statusCode}`))
      })
    })
    outgoing.end(JSON.stringify(body))
  })
}

function parseResponse(text: string): WebhookResponse {
  const { response } = JSON.parse(text) as { response?: WebhookResponse }
  if (response === undefined) throw new Error('webhook response was absent')
  return response
}
