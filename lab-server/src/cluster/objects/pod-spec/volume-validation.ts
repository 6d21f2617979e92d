// Rules for volumes and for where containers mount them.
import type { FieldError } from '../kind-definition.ts'
import type { Volume, VolumeMount } from '../types.ts'
import { duplicate, forbidden, invalid, invalidEach, notFound, required } from '../validation/errors.ts'
import { dnsLabelProblems } from '../validation/names.ts'

/** Checks the volumes of a pod. */
export function volumeErrors(field: string, volumes: Volume[] | undefined): FieldError[] {
  const names = new Set<string>()
  return (volumes ?? []).flatMap((volume, i) => {
    const at = `${field}[${i}]`
    const errors = sourceErrors(at, volume)
    if (!volume.name) errors.push(required(`${at}.name`))
    else {
      errors.push(...invalidEach(`${at}.name`, volume.name, dnsLabelProblems(volume.name)))
      if (names.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name))
    }
    names.add(volume.name)
    return errors
  })
}

/** Checks where a container mounts the pod's volumes. */
export function volumeMountErrors(
  field: string,
  mounts: VolumeMount[] | undefined,
  volumeNames: Set<string>,
): FieldError[] {
  const paths = new Set<string>()
  return (mounts ?? []).flatMap(({ name, mountPath, subPath, subPathExpr }, i) => {
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    if (!name) errors.push(required(`${at}.name`))
    if (!volumeNames.has(name)) errors.push(notFound(`${at}.name`, name))
    if (!mountPath) errors.push(required(`${at}.mountPath`))
    if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'))
    paths.add(mountPath)
    if (subPath) errors.push(...subPathErrors(`${at}.subPath`, subPath))
    if (subPath && subPathExpr) {
      errors.push(invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
    }
    return errors
  })
}

/** The names of volumes, for `volumeMountErrors`. */
export function volumeNamesOf(volumes: Volume[] | undefined): Set<string> {
  return new Set((volumes ?? []).map(({ name }) => name))
}

function sourceErrors(field: string, volume: Volume): FieldError[] {
  const { name: _, ...sources } = volume
  const given = Object.entries(sources).filter(([, source]) => source !== undefined && source !== null)
  if (given.length === 0) return [required(field, 'must specify a volume type')]
  const more = given.slice(1).map(([type]) => forbidden(`${field}.${type}`, 'may not specify more than 1 volume type'))
  return [...oneSourceErrors(field, volume), ...more]
}

function oneSourceErrors(field: string, { hostPath, secret, configMap, persistentVolumeClaim }: Volume): FieldError[] {
  const errors: FieldError[] = []
  if (hostPath) {
    if (!hostPath.path) errors.push(required(`${field}.hostPath.path`))
    if (hostPath.path?.split('/').includes('..')) {
      errors.push(invalid(`${field}.hostPath.path`, hostPath.path, "must not contain '..'"))
    }
  }
  if (secret && !secret.secretName) errors.push(required(`${field}.secret.secretName`))
  if (configMap && !configMap.name) errors.push(required(`${field}.configMap.name`))
  if (persistentVolumeClaim && !persistentVolumeClaim.claimName) {
    errors.push(required(`${field}.persistentVolumeClaim.claimName`))
  }
  const files: [string, { items?: { key: string; path: string }[]; defaultMode?: number } | undefined][] = [
    ['secret', secret],
    ['configMap', configMap],
  ]
  for (const [type, source] of files) errors.push(...fileErrors(`${field}.${type}`, source))
  return errors
}

function fileErrors(
  field: string,
  source: { items?: { key: string; path: string }[]; defaultMode?: number } | undefined,
): FieldError[] {
  const errors: FieldError[] = []
  const mode = source?.defaultMode
  if (mode !== undefined && (mode < 0 || mode > 0o777)) {
    const rule = 'must be a number between 0 and 0777 (octal), both inclusive'
    errors.push(invalid(`${field}.defaultMode`, mode, rule))
  }
  for (const [i, { key, path }] of (source?.items ?? []).entries()) {
    const at = `${field}.items[${i}]`
    if (!key) errors.push(required(`${at}.key`))
    if (!path) errors.push(required(`${at}.path`))
    else errors.push(...subPathErrors(`${at}.path`, path))
  }
  return errors
}

function subPathErrors(field: string, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (path.startsWith('/')) errors.push(invalid(field, path, 'must be a relative path'))
  if (path.split('/').includes('..')) errors.push(invalid(field, path, "must not contain '..'"))
  return errors
}
