// Rules for the environment of a container.
import type { FieldError } from '../kind-definition.ts'
import type { Container, EnvVar } from '../types.ts'
import { invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { dataKeyProblems, dnsSubdomainProblems, envNameProblems } from '../validation/names.ts'

const fieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

/** Checks `env`. */
export function envErrors(field: string, env: EnvVar[] | undefined): FieldError[] {
  return (env ?? []).flatMap((variable, i) => {
    const at = `${field}[${i}]`
    const name = variable.name
      ? invalidEach(`${at}.name`, variable.name, envNameProblems(variable.name))
      : [required(`${at}.name`)]
    return [...name, ...valueFromErrors(`${at}.valueFrom`, variable)]
  })
}

/** Checks `envFrom`. */
export function envFromErrors(field: string, sources: Container['envFrom']): FieldError[] {
  return (sources ?? []).flatMap(({ prefix, configMapRef, secretRef }, i) => {
    const at = `${field}[${i}]`
    const errors = prefix ? invalidEach(`${at}.prefix`, prefix, envNameProblems(prefix)) : []
    if (configMapRef && !configMapRef.name) errors.push(required(`${at}.configMapRef.name`))
    if (secretRef && !secretRef.name) errors.push(required(`${at}.secretRef.name`))
    if (!configMapRef && !secretRef) {
      errors.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'))
    } else if (configMapRef && secretRef) {
      errors.push(invalid(at, '', 'may not have more than one field specified at a time'))
    }
    return errors
  })
}

function valueFromErrors(field: string, { value, valueFrom }: EnvVar): FieldError[] {
  if (!valueFrom) return []
  const errors: FieldError[] = []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  if (fieldRef) errors.push(...fieldRefErrors(`${field}.fieldRef`, fieldRef))
  if (resourceFieldRef && !resources.includes(resourceFieldRef.resource) && !isHugePages(resourceFieldRef.resource)) {
    errors.push(notSupported(`${field}.resourceFieldRef.resource`, resourceFieldRef.resource, resources))
  }
  if (configMapKeyRef) errors.push(...keyRefErrors(`${field}.configMapKeyRef`, configMapKeyRef))
  if (secretKeyRef) errors.push(...keyRefErrors(`${field}.secretKeyRef`, secretKeyRef))
  const sources = Object.values(valueFrom).filter((source) => source !== undefined && source !== null).length
  if (sources === 0) {
    const oneOf = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    errors.push(invalid(field, '', `must specify one of: ${oneOf}`))
  } else if (value) {
    errors.push(invalid(field, '', 'may not be specified when `value` is not empty'))
  } else if (sources > 1) {
    errors.push(invalid(field, '', 'may not have more than one field specified at a time'))
  }
  return errors
}

function fieldRefErrors(field: string, { fieldPath }: { fieldPath: string }): FieldError[] {
  if (!fieldPath) return [required(`${field}.fieldPath`)]
  if (/^metadata\.(labels|annotations)\['[^']+'\]$/.test(fieldPath) || fieldPaths.includes(fieldPath)) return []
  if (/^metadata\.(labels|annotations|generateName|creationTimestamp)$|^(spec|status)\./.test(fieldPath)) {
    return [notSupported(`${field}.fieldPath`, fieldPath, fieldPaths)]
  }
  return [
    invalid(`${field}.fieldPath`, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`),
  ]
}

function keyRefErrors(field: string, { name, key }: { name?: string; key: string }): FieldError[] {
  const errors = name ? invalidEach(`${field}.name`, name, dnsSubdomainProblems(name)) : [required(`${field}.name`)]
  if (!key) return [...errors, required(`${field}.key`)]
  return [...errors, ...invalidEach(`${field}.key`, key, dataKeyProblems(key))]
}

function isHugePages(resource: string): boolean {
  return /^(limits|requests)\.hugepages-/.test(resource)
}
