// Rules for the rights of a pod and its containers.
import type { FieldError } from '../kind-definition.ts'
import type { Container, PodSpec } from '../types.ts'
import { optionalChoice } from '../validation/choices.ts'
import { duplicate, forbidden, invalid, notSupported, required } from '../validation/errors.ts'
import { internalForm } from '../validation/internal-form.ts'
import { relativePathErrors } from './file-validation.ts'

type Context = NonNullable<Container['securityContext']>
type PodContext = NonNullable<PodSpec['securityContext']>

const mostId = 2_147_483_647
const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']
const sysctlPattern = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?'

/** Checks the rights of a container. */
export function containerSecurityErrors(
  field: string,
  context: Container['securityContext'],
  spec: PodSpec,
): FieldError[] {
  if (!context) return []
  const { runAsUser, runAsGroup, procMount, seccompProfile, appArmorProfile } = context
  const errors = [...idErrors(`${field}.runAsUser`, runAsUser), ...idErrors(`${field}.runAsGroup`, runAsGroup)]
  if (procMount && procMount !== 'Default' && procMount !== 'Unmasked') {
    errors.push(notSupported(`${field}.procMount`, procMount, ['Default', 'Unmasked']))
  }
  if (procMount === 'Unmasked' && spec.hostUsers !== false) {
    errors.push(invalid(`${field}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'))
  }
  errors.push(...seccompErrors(`${field}.seccompProfile`, seccompProfile), ...escalationErrors(field, context))
  return [...errors, ...appArmorErrors(`${field}.appArmorProfile`, appArmorProfile)]
}

/** Checks the rights that all containers of a pod share. */
export function podSecurityErrors(field: string, spec: PodSpec): FieldError[] {
  const { securityContext: context = {}, hostPID, shareProcessNamespace } = spec
  const errors = [
    ...idErrors(`${field}.fsGroup`, context.fsGroup),
    ...idErrors(`${field}.runAsUser`, context.runAsUser),
    ...idErrors(`${field}.runAsGroup`, context.runAsGroup),
    ...(context.supplementalGroups ?? []).flatMap((id, i) => idErrors(`${field}.supplementalGroups[${i}]`, id)),
  ]
  if (shareProcessNamespace && hostPID) {
    const rule = 'ShareProcessNamespace and HostPID cannot both be enabled'
    errors.push(invalid(`${field}.shareProcessNamespace`, true, rule))
  }
  errors.push(...sysctlErrors(`${field}.sysctls`, context.sysctls))
  errors.push(
    ...optionalChoice(`${field}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']),
  )
  errors.push(...seccompErrors(`${field}.seccompProfile`, context.seccompProfile))
  errors.push(...appArmorErrors(`${field}.appArmorProfile`, context.appArmorProfile))
  errors.push(
    ...optionalChoice(`${field}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict']),
  )
  return [
    ...errors,
    ...optionalChoice(`${field}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['MountOption', 'Recursive']),
  ]
}

/** A pod with users of its own shares nothing else with the node. Two of the paths are spelled upstream's way. */
export function hostUsersErrors(field: string, { hostUsers, hostNetwork, hostPID, hostIPC }: PodSpec): FieldError[] {
  if (hostUsers !== false) return []
  const shared = Object.entries({ hostNetwork, HostPID: hostPID, HostIPC: hostIPC }).filter(([, isShared]) => isShared)
  return shared.map(([name]) => forbidden(`${field}.${name}`, 'when `pod.Spec.HostUsers` is false'))
}

function idErrors(field: string, id: number | null | undefined): FieldError[] {
  if (id === undefined || id === null || (id >= 0 && id <= mostId)) return []
  return [invalid(field, id, `must be between 0 and ${mostId}, inclusive`)]
}

function sysctlErrors(field: string, sysctls: PodContext['sysctls']): FieldError[] {
  const names = new Set<string>()
  return (sysctls ?? []).flatMap(({ name }, i) => {
    const at = `${field}[${i}].name`
    const isAgain = names.has(name)
    names.add(name)
    if (!name) return [required(at)]
    if (name.length > 253 || !new RegExp(`^${sysctlPattern}$`).test(name)) {
      return [invalid(at, name, `must have at most 253 characters and match regex ^${sysctlPattern}$`)]
    }
    return isAgain ? [duplicate(at, name)] : []
  })
}

function escalationErrors(field: string, context: Context): FieldError[] {
  if (context.allowPrivilegeEscalation !== false) return []
  const value = internalForm('SecurityContext', context)
  const rule = 'cannot set `allowPrivilegeEscalation` to false and'
  const errors = context.privileged ? [invalid(field, value, `${rule} \`privileged\` to true`)] : []
  const admin = (context.capabilities?.add ?? []).filter((name) => name === 'CAP_SYS_ADMIN')
  return [...errors, ...admin.map(() => invalid(field, value, `${rule} \`capabilities.Add\` CAP_SYS_ADMIN`))]
}

function seccompErrors(field: string, profile: Context['seccompProfile']): FieldError[] {
  if (!profile) return []
  const { type, localhostProfile } = profile
  const at = `${field}.localhostProfile`
  const errors = typeErrors(`${field}.type`, type, 'seccompProfile')
  if (type === 'Localhost') {
    if (localhostProfile === undefined) return [...errors, required(at, 'must be set when seccomp type is Localhost')]
    return [...errors, ...relativePathErrors(at, localhostProfile)]
  }
  if (localhostProfile === undefined) return errors
  const value = { Type: type ?? '', LocalhostProfile: localhostProfile }
  return [...errors, invalid(at, value, 'can only be set when seccomp type is Localhost')]
}

function appArmorErrors(field: string, profile: Context['appArmorProfile']): FieldError[] {
  if (!profile) return []
  const { type, localhostProfile } = profile
  const at = `${field}.localhostProfile`
  const errors = typeErrors(`${field}.type`, type, 'appArmorProfile')
  if (errors.length > 0) return errors
  if (type === 'Localhost') {
    if (!localhostProfile) return [required(at, 'must be set when AppArmor type is Localhost')]
    if (localhostProfile === localhostProfile.trim()) return []
    return [invalid(at, localhostProfile, 'must not be padded with whitespace')]
  }
  if (localhostProfile === undefined) return []
  return [invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost')]
}

function typeErrors(field: string, type: string | undefined, what: string): FieldError[] {
  if (!type) return [required(field, `type is required when ${what} is set`)]
  return profileTypes.includes(type) ? [] : [notSupported(field, type, profileTypes)]
}
