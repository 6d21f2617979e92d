// Rules for the resources that containers ask for.
import type { FieldError } from '../kind-definition.ts'
import { canonicalQuantity, compareQuantities, quantityOf } from '../quantity.ts'
import type { Container, ResourceRequirements } from '../types.ts'
import { requiredChoice } from '../validation/choices.ts'
import { duplicate, forbidden, invalid, invalidEach, required } from '../validation/errors.ts'
import { labelKeyProblems } from '../validation/names.ts'
import { nonNegativeQuantity } from '../validation/numbers.ts'

const native = ['cpu', 'memory', 'ephemeral-storage']
/** Names that mean something elsewhere, in quotas and claims, but not for a container. */
const known = new Set([
  ...native,
  ...['requests', 'limits'].flatMap((part) => native.map((name) => `${part}.${name}`)),
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
])

/** Checks requests and limits, and that no request is above its limit. */
export function resourceErrors(field: string, resources: ResourceRequirements | undefined): FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {}
  const errors: FieldError[] = []
  for (const [name, amount] of Object.entries(limits))
    errors.push(...amountErrors(`${field}.limits[${name}]`, name, amount))
  for (const [name, amount] of Object.entries(requests)) {
    errors.push(...amountErrors(`${field}.requests[${name}]`, name, amount))
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined
    errors.push(...limitErrors(field, name, amount, limit))
  }
  const names = Object.keys({ ...limits, ...requests })
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    errors.push(forbidden(field, 'HugePages require cpu or memory'))
  }
  return errors
}

/** Checks how a container takes another amount of a resource. Upstream's paths say nothing of which one. */
export function resizePolicyErrors(
  field: string,
  policies: Container['resizePolicy'],
  podRestartPolicy: string | undefined,
): FieldError[] {
  const seen = new Set<string>()
  return (policies ?? []).flatMap(({ resourceName, restartPolicy }, i) => {
    const errors = seen.has(resourceName) ? [duplicate(`${field}[${i}]`, resourceName)] : []
    seen.add(resourceName)
    errors.push(...requiredChoice(field, resourceName, ['cpu', 'memory']))
    errors.push(...requiredChoice(field, restartPolicy, ['NotRequired', 'RestartContainer']))
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalid(field, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"))
    }
    return errors
  })
}

function amountErrors(field: string, name: string, amount: string): FieldError[] {
  const errors = [...containerResourceNameErrors(field, name), ...nonNegativeQuantity(field, amount)]
  const isWhole = quantityOf(amount).nano % 1_000_000_000n === 0n
  if (isCountable(name) && !isWhole) errors.push(invalid(field, canonicalQuantity(amount), 'must be an integer'))
  return errors
}

/** Devices and huge pages are not shared: who asks for some gets exactly these. */
function limitErrors(field: string, name: string, amount: string, limit: string | undefined): FieldError[] {
  const isShared = !isCountable(name) && !isHugePages(name)
  if (limit === undefined) {
    return isShared ? [] : [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')]
  }
  const difference = compareQuantities(amount, limit)
  const [asked, most] = [canonicalQuantity(amount), canonicalQuantity(limit)]
  if (!isShared && difference !== 0) {
    return [invalid(`${field}.requests`, asked, `must be equal to ${name} limit of ${most}`)]
  }
  if (difference <= 0) return []
  return [invalid(`${field}.requests`, asked, `must be less than or equal to ${name} limit of ${most}`)]
}

/** Checks the name of a resource: one that is known, or somebody's with a domain. */
export function resourceNameErrors(field: string, name: string): FieldError[] {
  const problems = labelKeyProblems(name)
  if (problems.length > 0) return invalidEach(field, name, problems)
  if (name.includes('/') || known.has(name) || isHugePages(name.replace(/^requests\./, ''))) return []
  return [invalid(field, name, 'must be a standard resource type or fully qualified')]
}

/** Checks the name of a resource that a container may have. */
export function containerResourceNameErrors(field: string, name: string): FieldError[] {
  const errors = resourceNameErrors(field, name)
  if (!name.includes('/')) {
    if (native.includes(name) || isHugePages(name)) return errors
    return [...errors, invalid(field, name, 'must be a standard resource for containers')]
  }
  if (isNative(name) || isCountable(name)) return errors
  return [...errors, invalid(field, name, "doesn't follow extended resource name standard")]
}

/** Devices of a vendor: whole numbers, and not of `kubernetes.io`. */
function isCountable(name: string): boolean {
  if (isNative(name) || name.startsWith('requests.')) return false
  return labelKeyProblems(`requests.${name}`).length === 0
}

function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/')
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-')
}
