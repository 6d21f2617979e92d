// Rules for what a pod may be told of itself, in variables and files.
import type { FieldError } from '../kind-definition.ts'
import { canonicalQuantity, quantityOf } from '../quantity.ts'
import { invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { labelKeyProblems } from '../validation/names.ts'

const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
/** What upstream knows of a pod under a name; of these a variable or a file may have some. */
const convertible = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
])
const sizes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

/** Checks a reference to a field of the pod; `allowed` are the fields that may be had there. */
export function fieldRefErrors(field: string, { fieldPath }: { fieldPath: string }, allowed: string[]): FieldError[] {
  const at = `${field}.fieldPath`
  if (!fieldPath) return [required(at)]
  const [, path = fieldPath, key] = /^(.+?)\['(.*)'\]$/.exec(fieldPath) ?? []
  if (key !== undefined) {
    if (path === 'metadata.annotations')
      return invalidEach(field, key.toLowerCase(), labelKeyProblems(key.toLowerCase()))
    if (path === 'metadata.labels') return invalidEach(field, key, labelKeyProblems(key))
    return [invalid(at, fieldPath, `error converting fieldPath: field label does not support subscript: ${fieldPath}`)]
  }
  if (allowed.includes(path)) return []
  if (convertible.has(path)) return [notSupported(at, path, allowed)]
  return [invalid(at, path, `error converting fieldPath: field label not supported: ${path}`)]
}

/** Checks a reference to what a container asks for or may have. */
export function resourceRefErrors(
  field: string,
  { containerName, resource, divisor }: { containerName?: string; resource: string; divisor?: string },
  { needsContainer }: { needsContainer: boolean },
): FieldError[] {
  const errors: FieldError[] = []
  if (needsContainer && !containerName) errors.push(required(`${field}.containerName`))
  else if (!resource) errors.push(required(`${field}.resource`))
  else if (!resources.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
    errors.push(notSupported(`${field}.resource`, resource, resources))
  }
  return [...errors, ...divisorErrors(`${field}.divisor`, resource ?? '', divisor)]
}

function divisorErrors(field: string, resource: string, divisor: string | undefined): FieldError[] {
  if (quantityOf(divisor).nano === 0n) return []
  const written = canonicalQuantity(divisor ?? '0')
  const name = resource.replace(/^(limits|requests)\./, '')
  if (name === 'cpu') {
    if (written === '1m' || written === '1') return []
    return [invalid(field, resource, "only divisor's values 1m and 1 are supported with the cpu resource")]
  }
  const shown: Record<string, string> = { memory: 'memory', 'ephemeral-storage': 'local ephemeral storage' }
  const kind = name.startsWith('hugepages-') ? 'hugepages' : shown[name]
  if (!kind || sizes.includes(written)) return []
  return [invalid(field, resource, `only divisor's values ${sizes.join(', ')} are supported with the ${kind} resource`)]
}
