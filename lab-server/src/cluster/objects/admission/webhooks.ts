import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { RowContext } from '../kind-definition.ts'
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../types.ts'
import { webhookErrors } from './validation.ts'

const shared = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  categories: ['api-extensions'],
  namespaced: false,
  hasGeneration: true,
  generationFields: ['webhooks'],
  validate: webhookErrors,
  columns: [nameColumn, plain('Webhooks', 'integer'), ageColumn],
  cells,
}

/** Servers that may change requests before they are stored. */
export const mutatingWebhookConfiguration = defineKind<MutatingWebhookConfiguration>({
  ...shared,
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  applyDefaults(configuration) {
    for (const webhook of configuration.webhooks ?? []) {
      applyWebhookDefaults(webhook)
      webhook.reinvocationPolicy ??= 'Never'
    }
  },
})

/** Servers that may refuse requests. */
export const validatingWebhookConfiguration = defineKind<ValidatingWebhookConfiguration>({
  ...shared,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  applyDefaults(configuration) {
    for (const webhook of configuration.webhooks ?? []) applyWebhookDefaults(webhook)
  },
})

type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration
type Webhook = NonNullable<Configuration['webhooks']>[number]

function applyWebhookDefaults(webhook: Webhook): void {
  webhook.failurePolicy ??= 'Fail'
  webhook.matchPolicy ??= 'Equivalent'
  webhook.namespaceSelector ??= {}
  webhook.objectSelector ??= {}
  webhook.timeoutSeconds ??= 10
  for (const rule of webhook.rules ?? []) rule.scope ??= '*'
  const { service } = webhook.clientConfig ?? {}
  if (service) service.port ??= 443
}

function cells({ metadata, webhooks }: Configuration, { nowMs }: RowContext): unknown[] {
  return [metadata.name, webhooks?.length ?? 0, age(metadata.creationTimestamp, nowMs)]
}
