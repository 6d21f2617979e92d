// Rules for ConfigMaps and Secrets.
import type { FieldError } from '../kind-definition.ts'
import type { ConfigMap, Secret } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, immutable, invalid, invalidEach, required, tooLong } from '../validation/errors.ts'
import { jsonObjectProblem } from '../validation/json-text.ts'
import { dataKeyProblems } from '../validation/names.ts'

const mostBytes = 1024 * 1024
const lockedRule = 'field is immutable when `immutable` is set'

/** The keys that Secrets of a type must have. */
const requiredKeys = new Map([
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
])

/** Rules for a ConfigMap. */
export function configMapErrors({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors = Object.keys(data).flatMap((key) => {
    const twice = Object.hasOwn(binaryData, key)
      ? [invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')]
      : []
    return [...invalidEach(`data[${key}]`, key, dataKeyProblems(key)), ...twice]
  })
  for (const key of Object.keys(binaryData)) {
    errors.push(...invalidEach(`binaryData[${key}]`, key, dataKeyProblems(key)))
  }
  const size = sum(Object.values(data).map((text) => Buffer.byteLength(text))) + sum(decodedSizes(binaryData))
  return size > mostBytes ? [...errors, tooLong('[]', mostBytes)] : errors
}

/** A ConfigMap that said it would never change does not. */
export function configMapChange(configMap: ConfigMap, old: ConfigMap): FieldError[] {
  if (!old.immutable) return []
  const errors = configMap.immutable ? [] : [forbidden('immutable', lockedRule)]
  if (!semanticallyEqual(configMap.data, old.data)) errors.push(forbidden('data', lockedRule))
  if (!semanticallyEqual(configMap.binaryData, old.binaryData)) errors.push(forbidden('binaryData', lockedRule))
  return errors
}

/** Rules for a Secret. */
export function secretErrors({ metadata, type = '', data = {} }: Secret): FieldError[] {
  const errors = Object.keys(data).flatMap((key) => invalidEach(`data[${key}]`, key, dataKeyProblems(key)))
  if (sum(decodedSizes(data)) > mostBytes) errors.push(tooLong('data', mostBytes))
  for (const key of requiredKeys.get(type) ?? []) {
    if (!data[key] && (type === 'kubernetes.io/ssh-auth' || !Object.hasOwn(data, key))) {
      errors.push(required(`data[${key}]`))
    } else if (type.startsWith('kubernetes.io/dockerc')) errors.push(...jsonErrors(`data[${key}]`, data[key] ?? ''))
  }
  if (type === 'kubernetes.io/basic-auth' && !Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) {
    errors.push(required('data[username]'), required('data[password]'))
  }
  const account = 'kubernetes.io/service-account.name'
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[account]) {
    errors.push(required(`metadata.annotations[${account}]`))
  }
  return errors
}

/** What is wrong with the text is told in Go's words, without the text. */
function jsonErrors(field: string, base64: string): FieldError[] {
  const problem = jsonObjectProblem(Buffer.from(base64, 'base64').toString())
  return problem === undefined ? [] : [invalid(field, '<secret contents redacted>', problem)]
}

/** What of a Secret never changes. */
export function secretChange(secret: Secret, old: Secret): FieldError[] {
  const errors = secret.type === old.type ? [] : [immutable('type', secret.type)]
  if (!old.immutable) return errors
  if (!secret.immutable) errors.push(forbidden('immutable', lockedRule))
  if (!semanticallyEqual(secret.data, old.data)) errors.push(forbidden('data', lockedRule))
  return errors
}

function decodedSizes(data: Record<string, string>): number[] {
  return Object.values(data).map((text) => Buffer.from(text, 'base64').length)
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
