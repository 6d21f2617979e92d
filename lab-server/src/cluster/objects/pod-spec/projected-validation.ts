// Rules for volumes that put several sources into one directory, and for files that tell a pod of itself.
import type { FieldError } from '../kind-definition.ts'
import type { Volume } from '../types.ts'
import { forbidden, invalid, required } from '../validation/errors.ts'
import { fieldRefErrors, resourceRefErrors } from './field-ref-validation.ts'
import { fileErrors, filePathErrors, modeErrors } from './file-validation.ts'

type Projected = NonNullable<Volume['projected']>
type Source = NonNullable<Projected['sources']>[number]
type DownwardFile = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number]
type Token = NonNullable<Source['serviceAccountToken']>

const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']

/** Checks a projected volume: its sources, and that no two of them make the same file. */
export function projectedErrors(field: string, { sources, defaultMode }: Projected): FieldError[] {
  const paths = new Set<string>()
  const errors = (sources ?? []).flatMap((source, i) => sourceErrors(field, `${field}.sources[${i}]`, source, paths))
  return [...modeErrors(`${field}.defaultMode`, defaultMode), ...errors]
}

function sourceErrors(volume: string, field: string, source: Source, paths: Set<string>): FieldError[] {
  const { secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source
  const taken = (path: string, value: string) => {
    const isTaken = path !== '' && paths.has(path)
    paths.add(path)
    return isTaken ? [invalid(volume, value, 'conflicting duplicate paths')] : []
  }
  const errors: FieldError[] = []
  for (const [type, files] of Object.entries({ secret, configMap })) {
    if (!files) continue
    if (!files.name) errors.push(required(`${field}.${type}.name`))
    for (const [i, item] of (files.items ?? []).entries()) {
      errors.push(...fileErrors(`${field}.${type}.items[${i}]`, item), ...taken(item.path ?? '', files.name ?? ''))
    }
  }
  for (const file of downwardAPI?.items ?? []) {
    errors.push(...downwardFileErrors(`${field}.downwardAPI`, file), ...taken(file.path ?? '', file.path ?? ''))
  }
  if (serviceAccountToken) errors.push(...tokenErrors(volume, field, serviceAccountToken))
  const types = [secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate]
  if (types.filter(Boolean).length < 2) return errors
  return [...errors, forbidden(field, 'may not specify more than 1 volume type per source')]
}

/** The path of a token is told as the volume's, which is upstream's way. */
function tokenErrors(volume: string, field: string, { expirationSeconds = 3600, path }: Token): FieldError[] {
  const seconds = `${field}.serviceAccountToken.expirationSeconds`
  const errors: FieldError[] = []
  if (expirationSeconds < 600) {
    errors.push(invalid(seconds, expirationSeconds, 'may not specify a duration less than 10 minutes'))
  }
  if (expirationSeconds > 2 ** 32) {
    errors.push(invalid(seconds, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'))
  }
  return [...errors, ...(path ? filePathErrors(`${volume}.path`, path) : [required(`${volume}.path`)])]
}

/** Checks a file that tells a pod of itself. */
export function downwardFileErrors(
  field: string,
  { path, fieldRef, resourceFieldRef, mode }: DownwardFile,
): FieldError[] {
  const errors = path ? [] : [required(`${field}.path`)]
  errors.push(...filePathErrors(`${field}.path`, path ?? ''))
  if (fieldRef) {
    errors.push(...fieldRefErrors(`${field}.fieldRef`, fieldRef, volumeFields))
    if (resourceFieldRef) {
      errors.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
    }
  } else if (resourceFieldRef) {
    errors.push(...resourceRefErrors(`${field}.resourceFieldRef`, resourceFieldRef, { needsContainer: true }))
  } else errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'))
  return [...errors, ...modeErrors(`${field}.mode`, mode)]
}
