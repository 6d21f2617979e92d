// The Pod Security Standards: what a pod must not ask for at each level, in upstream's words.
import type { Container, PodSpec } from '../../objects/types.ts'
import { containersOf } from './pod-specs.ts'

/** How much a namespace lets its pods do. */
export type Level = 'privileged' | 'baseline' | 'restricted'

/** One broken rule. */
export interface Violation {
  reason: string
  detail: string
}

type Check = (spec: PodSpec, level: Level) => Violation | undefined

/** What a pod asks for beyond the level: upstream's checks in upstream's order. */
export function podViolations(spec: PodSpec, level: Level): Violation[] {
  if (level === 'privileged') return []
  const checks = level === 'baseline' ? baseline : [...baseline, ...restricted]
  return checks.flatMap((check) => check(spec, level) ?? [])
}

/** `reason (detail), reason (detail)`. */
export function formatViolations(violations: Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}

const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])
const safeSysctls = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
])
const restrictedVolumeTypes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

const baseline: Check[] = [
  (spec, level) => {
    const added = addedCapabilities(spec, defaultCapabilities)
    if (level === 'restricted' || added === undefined) return undefined
    return { reason: 'non-default capabilities', detail: added }
  },
  (spec) => {
    const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field])
    if (used.length === 0) return undefined
    return { reason: 'host namespaces', detail: used.map((field) => `${field}=true`).join(', ') }
  },
  (spec, level) => {
    const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name)
    if (level === 'restricted' || names.length === 0) return undefined
    return { reason: 'hostPath volumes', detail: listed('volume', names) }
  },
  (spec) => {
    const ports = (container: Container) => (container.ports ?? []).flatMap(({ hostPort }) => hostPort || [])
    const bad = containersOf(spec).filter((container) => ports(container).length > 0)
    if (bad.length === 0) return undefined
    const all = bad.flatMap(ports)
    const detail = `${listed('container', bad.map(nameOf))} ${bad.length > 1 ? 'use' : 'uses'} hostPort${all.length > 1 ? 's' : ''} ${all.join(', ')}`
    return { reason: 'hostPort', detail }
  },
  (spec) => {
    const bad = containersOf(spec).filter((container) => hostsOf(container).length > 0)
    if (bad.length === 0) return undefined
    const hosts = bad.flatMap(hostsOf).map((host) => JSON.stringify(host))
    const detail = `${listed('container', bad.map(nameOf))} ${bad.length > 1 ? 'use' : 'uses'} probe or lifecycle host${hosts.length > 1 ? 's' : ''} ${hosts.join(', ')}`
    return { reason: 'probe or lifecycle host', detail }
  },
  (spec) =>
    containersThat(
      spec,
      ({ securityContext }) => securityContext?.privileged === true,
      'privileged',
      'must not set securityContext.privileged=true',
    ),
  (spec) => {
    const isUnmasked = ({ securityContext }: Container) =>
      securityContext?.procMount !== undefined && securityContext.procMount !== 'Default'
    return containersThat(spec, isUnmasked, 'procMount', 'must not set securityContext.procMount to "Unmasked"')
  },
  (spec, level) => {
    if (level === 'restricted') return undefined
    const setters = [
      ...(spec.securityContext?.seccompProfile?.type === 'Unconfined' ? ['pod'] : []),
      ...quoted(
        containersOf(spec).filter(({ securityContext }) => securityContext?.seccompProfile?.type === 'Unconfined'),
      ),
    ]
    if (setters.length === 0) return undefined
    return {
      reason: 'seccompProfile',
      detail: `${setters.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined"`,
    }
  },
  (spec) => {
    const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !safeSysctls.has(name))
    return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') }
  },
]

const restricted: Check[] = [
  (spec) => {
    const mayEscalate = ({ securityContext }: Container) => securityContext?.allowPrivilegeEscalation !== false
    return containersThat(
      spec,
      mayEscalate,
      'allowPrivilegeEscalation != false',
      'must set securityContext.allowPrivilegeEscalation=false',
    )
  },
  (spec) => {
    const keeps = containersOf(spec).filter(
      ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'),
    )
    const added = addedCapabilities(spec, new Set(['NET_BIND_SERVICE']))
    const drops =
      keeps.length === 0
        ? []
        : [`${listed('container', keeps.map(nameOf))} must set securityContext.capabilities.drop=["ALL"]`]
    const details = [...drops, ...(added === undefined ? [] : [added])]
    return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
  },
  (spec) => {
    const bad = (spec.volumes ?? []).flatMap((volume) => {
      const type = Object.keys(volume).find((key) => key !== 'name')
      return type === undefined || restrictedVolumeTypes.includes(type) ? [] : [{ name: volume.name, type }]
    })
    if (bad.length === 0) return undefined
    const types = [...new Set(bad.map(({ type }) => JSON.stringify(type)))]
    const verb = bad.length > 1 ? 'use' : 'uses'
    const noun = types.length > 1 ? 'types' : 'type'
    const detail = `${listed(
      'volume',
      bad.map(({ name }) => name),
    )} ${verb} restricted volume ${noun} ${types.join(', ')}`
    return { reason: 'restricted volume types', detail }
  },
  (spec) => {
    const podValue = spec.securityContext?.runAsNonRoot
    const explicit = containersOf(spec).filter(({ securityContext }) => securityContext?.runAsNonRoot === false)
    const reason = 'runAsNonRoot != true'
    if (podValue === false || explicit.length > 0) {
      const setters = [...(podValue === false ? ['pod'] : []), ...quoted(explicit)]
      return { reason, detail: `${setters.join(' and ')} must not set securityContext.runAsNonRoot=false` }
    }
    const unset = containersOf(spec).filter(({ securityContext }) => securityContext?.runAsNonRoot === undefined)
    if (podValue === true || unset.length === 0) return undefined
    return {
      reason,
      detail: `pod or ${listed('container', unset.map(nameOf))} must set securityContext.runAsNonRoot=true`,
    }
  },
  (spec) => {
    const setters = [
      ...(spec.securityContext?.runAsUser === 0 ? ['pod'] : []),
      ...quoted(containersOf(spec).filter(({ securityContext }) => securityContext?.runAsUser === 0)),
    ]
    return setters.length === 0
      ? undefined
      : { reason: 'runAsUser=0', detail: `${setters.join(' and ')} must not set runAsUser=0` }
  },
  (spec) => {
    const isSafe = (type: string | undefined) => type === 'RuntimeDefault' || type === 'Localhost'
    const podType = spec.securityContext?.seccompProfile?.type
    const typeOf = ({ securityContext }: Container) => securityContext?.seccompProfile?.type
    const wrong = containersOf(spec).filter(
      (container) => typeOf(container) !== undefined && !isSafe(typeOf(container)),
    )
    const reason = 'seccompProfile'
    if ((podType !== undefined && !isSafe(podType)) || wrong.length > 0) {
      const setters = [...(podType !== undefined && !isSafe(podType) ? ['pod'] : []), ...quoted(wrong)]
      return {
        reason,
        detail: `${setters.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined"`,
      }
    }
    const unset = containersOf(spec).filter((container) => typeOf(container) === undefined)
    if (isSafe(podType) || unset.length === 0) return undefined
    const detail = `pod or ${listed('container', unset.map(nameOf))} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
    return { reason, detail }
  },
]

function addedCapabilities(spec: PodSpec, allowed: Set<string>): string | undefined {
  const extra = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((capability) => !allowed.has(capability))
  const bad = containersOf(spec).filter((container) => extra(container).length > 0)
  if (bad.length === 0) return undefined
  const capabilities = [...new Set(bad.flatMap(extra))].sort().map((name) => JSON.stringify(name))
  return `${listed('container', bad.map(nameOf))} must not include ${capabilities.join(', ')} in securityContext.capabilities.add`
}

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
  return handlers
    .flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host])
    .filter((host) => !!host) as string[]
}

function containersThat(
  spec: PodSpec,
  test: (container: Container) => boolean,
  reason: string,
  rule: string,
): Violation | undefined {
  const bad = containersOf(spec).filter(test)
  return bad.length === 0 ? undefined : { reason, detail: `${listed('container', bad.map(nameOf))} ${rule}` }
}

function nameOf({ name }: Container): string {
  return name
}

function quoted(containers: Container[]): string[] {
  return containers.length === 0 ? [] : [listed('container', containers.map(nameOf))]
}

function listed(noun: string, names: string[]): string {
  return `${noun}${names.length > 1 ? 's' : ''} ${names.map((name) => JSON.stringify(name)).join(', ')}`
}
