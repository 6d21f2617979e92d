// Rules for webhook configurations.
import type { FieldError } from '../kind-definition.ts'
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../types.ts'
import { duplicate, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import { dnsSubdomainProblems } from '../validation/names.ts'

type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration
type Webhook = NonNullable<Configuration['webhooks']>[number]

const sideEffects = ['None', 'NoneOnDryRun']
const versions = ['v1', 'v1beta1']

/** Rules for a configuration of either kind. */
export function webhookErrors({ webhooks }: Configuration): FieldError[] {
  const names = new Set<string>()
  return (webhooks ?? []).flatMap((webhook, i) => {
    const field = `webhooks[${i}]`
    const isAgain = names.has(webhook.name)
    names.add(webhook.name)
    return [...oneErrors(field, webhook), ...(isAgain ? [duplicate(`${field}.name`, webhook.name)] : [])]
  })
}

function oneErrors(field: string, webhook: Webhook): FieldError[] {
  const { name = '', admissionReviewVersions: reviewed, timeoutSeconds, failurePolicy } = webhook
  const errors = invalidEach(`${field}.name`, name, dnsSubdomainProblems(name))
  if (errors.length === 0 && name.split('.').length < 3) {
    errors.push(invalid(`${field}.name`, name, 'should be a domain with at least three segments separated by dots'))
  }
  if (!reviewed?.length) {
    const rule = `must specify one of ${versions.join(', ')}`
    errors.push(required(`${field}.admissionReviewVersions`, rule))
  } else if (!reviewed.some((version) => versions.includes(version))) {
    const rule = `must include at least one of ${versions.join(', ')}`
    errors.push(invalid(`${field}.admissionReviewVersions`, reviewed, rule))
  }
  if (failurePolicy && !['Fail', 'Ignore'].includes(failurePolicy)) {
    errors.push(notSupported(`${field}.failurePolicy`, failurePolicy, ['Fail', 'Ignore']))
  }
  if (!webhook.sideEffects) {
    errors.push(required(`${field}.sideEffects`, `must specify one of ${sideEffects.join(', ')}`))
  } else if (!sideEffects.includes(webhook.sideEffects)) {
    errors.push(notSupported(`${field}.sideEffects`, webhook.sideEffects, sideEffects))
  }
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > 30)) {
    const rule = 'the timeout value must be between 1 and 30 seconds'
    errors.push(invalid(`${field}.timeoutSeconds`, timeoutSeconds, rule))
  }
  errors.push(...labelSelectorErrors(`${field}.namespaceSelector`, webhook.namespaceSelector))
  return [...errors, ...clientErrors(`${field}.clientConfig`, webhook.clientConfig)]
}

function clientErrors(field: string, config: Webhook['clientConfig'] | undefined): FieldError[] {
  const { url, service } = config ?? {}
  if (Boolean(url) === Boolean(service)) return [required(field, 'exactly one of url or service is required')]
  if (url && !url.startsWith('https://')) {
    const scheme = url.split(':')[0] ?? ''
    return [
      invalid(`${field}.url`, scheme, `'https' is the only allowed URL scheme; desired format: https://host[/path]`),
    ]
  }
  if (!service) return []
  const errors = service.name ? [] : [required(`${field}.service.name`, 'service name is required')]
  if (!service.namespace) errors.push(required(`${field}.service.namespace`, 'service namespace is required'))
  return errors
}
