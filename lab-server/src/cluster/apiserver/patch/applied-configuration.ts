// What an apply request carries, before it is compared with anything: an object of the right version and kind.
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { ApiError, badRequest } from '../errors.ts'
import { apiVersionOf } from '../storage-version.ts'
import { isJsonObject } from './json-value.ts'
import { describeObject, describeVersion } from './typed-configuration.ts'

/** The configuration in the body of an apply for `kind`. Throws `ApiError` in upstream's words. */
export function readApplied(body: unknown, kind: KindDefinition): KubeObject {
  if (body !== null && !isJsonObject(body)) {
    const found = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body
    const why = `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`
    throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`)
  }
  const metadata = body?.metadata ?? {}
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const applied = { ...body, apiVersion: text(body?.apiVersion), kind: text(body?.kind), metadata } as KubeObject
  const versions = [kind.version, ...(kind.alsoServedAs ?? [])].map((version) => apiVersionOf({ ...kind, version }))
  if (!versions.includes(applied.apiVersion)) {
    const asked = `Specified patch version: ${applied.apiVersion}, expected: ${apiVersionOf(kind)}`
    throw badRequest(`Incorrect version specified in apply patch. ${asked}`)
  }
  if (applied.kind !== kind.kind) {
    const why = `no corresponding type for ${describeVersion(applied)}`
    // Upstream answers 500 without a reason, as for every configuration that does not fit its type.
    throw new ApiError(500, '', `failed to create typed patch object (${describeObject(applied)}): ${why}`)
  }
  return applied
}
