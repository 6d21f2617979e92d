// Rules for the environment of a container.
import type { FieldError } from '../kind-definition.ts'
import type { Container, EnvVar } from '../types.ts'
import { invalid, invalidEach, required } from '../validation/errors.ts'
import { dataKeyProblems, dnsSubdomainProblems, envNameProblems } from '../validation/names.ts'
import { fieldRefErrors, resourceRefErrors } from './field-ref-validation.ts'

const variableFields = [
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

/** Checks `envFrom`. How many sources one has is told without its index, as upstream does. */
export function envFromErrors(field: string, sources: Container['envFrom']): FieldError[] {
  return (sources ?? []).flatMap(({ prefix, configMapRef, secretRef }, i) => {
    const at = `${field}[${i}]`
    const errors = prefix ? invalidEach(`${at}.prefix`, prefix, envNameProblems(prefix)) : []
    for (const [name, reference] of Object.entries({ configMapRef, secretRef })) {
      if (!reference) continue
      if (!reference.name) errors.push(required(`${at}.${name}.name`))
      else {
        // Upstream allows the dash at the end that only the start of a name may have.
        const problems = dnsSubdomainProblems(reference.name.replace(/-$/, 'a'))
        errors.push(...invalidEach(`${at}.${name}.name`, reference.name, problems))
      }
    }
    if (!configMapRef && !secretRef) {
      errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'))
    } else if (configMapRef && secretRef) {
      errors.push(invalid(field, '', 'may not have more than one field specified at a time'))
    }
    return errors
  })
}

function valueFromErrors(field: string, { value, valueFrom }: EnvVar): FieldError[] {
  if (!valueFrom) return []
  const errors: FieldError[] = []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  if (fieldRef) errors.push(...fieldRefErrors(`${field}.fieldRef`, fieldRef, variableFields))
  if (resourceFieldRef) {
    errors.push(...resourceRefErrors(`${field}.resourceFieldRef`, resourceFieldRef, { needsContainer: false }))
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

function keyRefErrors(field: string, { name = '', key }: { name?: string; key: string }): FieldError[] {
  const errors = invalidEach(`${field}.name`, name, dnsSubdomainProblems(name))
  if (!key) return [...errors, required(`${field}.key`)]
  return [...errors, ...invalidEach(`${field}.key`, key, dataKeyProblems(key))]
}
