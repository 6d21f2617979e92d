// Rules for where a container mounts the pod's volumes.
import type { FieldError } from '../kind-definition.ts'
import type { Container, Volume, VolumeMount } from '../types.ts'
import { forbidden, invalid, notFound, notSupported, required } from '../validation/errors.ts'
import { relativePathErrors } from './file-validation.ts'

const propagations = ['Bidirectional', 'HostToContainer', 'None']
const recursions = ['Disabled', 'Enabled', 'IfPossible']

/** Checks a container's mounts. Some paths lack the index of the mount, as upstream's do. */
export function volumeMountErrors(field: string, container: Container, volumes: Map<string, Volume>): FieldError[] {
  const paths = new Set<string>()
  const devices = container.volumeDevices ?? []
  return (container.volumeMounts ?? []).flatMap((mount, i) => {
    const { name, mountPath, subPath, subPathExpr } = mount
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    if (!name) errors.push(required(`${at}.name`))
    if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name ?? ''))
    if (!mountPath) errors.push(required(`${at}.mountPath`))
    if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'))
    paths.add(mountPath)
    if (devices.some((device) => device.name === name)) {
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'))
    }
    if (devices.some(({ devicePath }) => devicePath === mountPath)) {
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    }
    if (subPath) errors.push(...relativePathErrors(`${field}.subPath`, subPath))
    if (subPathExpr) {
      if (subPath) {
        errors.push(invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
      }
      errors.push(...relativePathErrors(`${field}.subPathExpr`, subPathExpr))
    }
    return [...errors, ...propagationErrors(field, mount, container), ...recursionErrors(field, mount)]
  })
}

function propagationErrors(field: string, { mountPropagation }: VolumeMount, container: Container): FieldError[] {
  const at = `${field}.mountPropagation`
  if (!mountPropagation) return []
  if (!propagations.includes(mountPropagation)) return [notSupported(at, mountPropagation, propagations)]
  if (mountPropagation !== 'Bidirectional' || container.securityContext?.privileged) return []
  return [forbidden(at, 'Bidirectional mount propagation is available only to privileged containers')]
}

function recursionErrors(field: string, { recursiveReadOnly, readOnly, mountPropagation }: VolumeMount): FieldError[] {
  const at = `${field}.recursiveReadOnly`
  if (!recursiveReadOnly || recursiveReadOnly === 'Disabled') return []
  if (!recursions.includes(recursiveReadOnly)) return [notSupported(at, recursiveReadOnly, recursions)]
  const errors = readOnly ? [] : [forbidden(at, 'may only be specified when readOnly is true')]
  if (!mountPropagation || mountPropagation === 'None') return errors
  return [...errors, forbidden(at, 'may only be specified when mountPropagation is None or not specified')]
}

/** Checks the volumes that a container has as devices. */
export function volumeDeviceErrors(field: string, container: Container, volumes: Map<string, Volume>): FieldError[] {
  const names = new Set<string>()
  const paths = new Set<string>()
  const mounts = container.volumeMounts ?? []
  return (container.volumeDevices ?? []).flatMap(({ name, devicePath }, i) => {
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    const volume = volumes.get(name)
    if (!name) errors.push(required(`${at}.name`))
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, 'must be unique'))
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      const rule = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      errors.push(invalid(`${at}.name`, name, rule))
    }
    if (!volume) errors.push(notFound(`${at}.name`, name ?? ''))
    if (!devicePath) errors.push(required(`${at}.devicePath`))
    if (paths.has(devicePath)) errors.push(invalid(`${at}.devicePath`, devicePath, 'must be unique'))
    if (devicePath?.split('/').includes('..')) {
      errors.push(invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"))
    } else paths.add(devicePath)
    if (mounts.some((mount) => mount.name === name)) {
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'))
    }
    if (mounts.some(({ mountPath }) => mountPath === devicePath)) {
      errors.push(invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'))
    }
    if (name) names.add(name)
    return errors
  })
}
