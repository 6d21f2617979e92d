import { randomUUID } from 'node:crypto'
import type { KubeObject } from '../../objects/types.ts'
import type { AdmissionRequest, AdmissionStep } from '../admission/chain.ts'
import { ApiError, internalError } from '../errors.ts'
import { applyJsonPatch, parseJsonPatch } from '../patch/json-patch.ts'
import type { JsonValue } from '../patch/json-value.ts'
import { callWebhook, type WebhookCaller, type WebhookResponse } from './call-webhook.ts'
import { type Webhook, wants } from './webhook-rules.ts'

const group = 'admissionregistration.k8s.io'

/** Lets the cluster's webhooks change and refuse writes, in the order of their configurations' names. */
export function webhooks(caller: WebhookCaller): AdmissionStep {
  return {
    name: 'Webhooks',
    mutate: (request) => runAll(`mutatingwebhookconfigurations.${group}`, request, mutateBy),
    review: (request) => runAll(`validatingwebhookconfigurations.${group}`, request, refuseBy),
  }

  /** Returns undefined, without a turn of the loop, in the usual case that nobody wants to hear of it. */
  function runAll(
    bucket: string,
    request: AdmissionRequest,
    handle: (request: AdmissionRequest, webhook: Webhook, response: WebhookResponse) => void,
  ): Promise<void> | undefined {
    if (caller.store.count(bucket) === 0) return undefined
    const all = caller.store.list(bucket).flatMap((configuration) => (configuration.webhooks ?? []) as Webhook[])
    const wanting = all.filter((webhook) => wants(webhook, request, namespaceLabels(request)))
    return wanting.length === 0 ? undefined : askEach(wanting, request, handle)
  }

  async function askEach(
    list: Webhook[],
    request: AdmissionRequest,
    handle: (request: AdmissionRequest, webhook: Webhook, response: WebhookResponse) => void,
  ): Promise<void> {
    for (const webhook of list) {
      let response: WebhookResponse
      try {
        response = await callWebhook(webhook, reviewOf(request), caller)
      } catch (error) {
        if (webhook.failurePolicy === 'Ignore') continue
        throw internalError(
          `failed calling webhook ${JSON.stringify(webhook.name)}: ${error instanceof Error ? error.message : error}`,
        )
      }
      for (const warning of response.warnings ?? []) request.context.warn(warning)
      refuseBy(request, webhook, response)
      handle(request, webhook, response)
    }
  }

  /** A Namespace is selected by its own labels. */
  function namespaceLabels({ kind, namespace, object }: AdmissionRequest): Record<string, string> | undefined {
    if (kind.group === '' && kind.kind === 'Namespace') return object.metadata.labels ?? {}
    if (namespace === undefined) return undefined
    return caller.store.find('namespaces', namespace)?.metadata.labels ?? {}
  }
}

function mutateBy(request: AdmissionRequest, webhook: Webhook, response: WebhookResponse): void {
  if (!response.patch) return
  try {
    const patch = parseJsonPatch(JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8')))
    request.object = applyJsonPatch(request.object as unknown as JsonValue, patch) as unknown as KubeObject
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw internalError(`failed calling webhook ${JSON.stringify(webhook.name)}: ${why}`)
  }
}

function refuseBy(_request: AdmissionRequest, webhook: Webhook, { allowed, status }: WebhookResponse): void {
  if (allowed) return
  const denied = `admission webhook ${JSON.stringify(webhook.name)} denied the request`
  const why = status?.message || status?.reason
  const code = Math.max(400, status?.code ?? 0)
  throw new ApiError(code, status?.reason ?? '', why ? `${denied}: ${why}` : `${denied} without explanation`)
}

function reviewOf({ operation, kind, name, namespace, subresource, object, old, context }: AdmissionRequest) {
  const { group, version } = kind
  const resource = { group, version, resource: kind.plural }
  const gvk = { group, version, kind: kind.kind }
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: randomUUID(),
      kind: gvk,
      resource,
      ...(subresource ? { subResource: subresource } : {}),
      requestKind: gvk,
      requestResource: resource,
      ...(subresource ? { requestSubResource: subresource } : {}),
      name,
      ...(namespace ? { namespace } : {}),
      operation,
      userInfo: context.user,
      object: operation === 'DELETE' ? null : object,
      oldObject: old ?? null,
      dryRun: context.isDryRun,
      options: null,
    },
  }
}
