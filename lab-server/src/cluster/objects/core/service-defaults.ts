// What an API server fills into a Service, and what it keeps or clears when the type changes.
import type { Service } from '../types.ts'

type Spec = NonNullable<Service['spec']>

/** Fills in the defaults. On update, allocated values that the writer left out are kept. */
export function applyServiceDefaults(service: Service, old?: Service): void {
  service.spec ??= {}
  const { spec } = service
  spec.type ||= 'ClusterIP'
  spec.sessionAffinity ||= 'None'
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= {}
    spec.sessionAffinityConfig.clientIP ??= {}
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= 10800
  } else if (spec.sessionAffinity === 'None') {
    delete spec.sessionAffinityConfig
  }
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP'
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port
  }
  if (old?.spec) followType(spec, old.spec)
  applyTypeDefaults(spec)
  if (!old) service.status ??= { loadBalancer: {} }
}

function applyTypeDefaults(spec: Spec): void {
  const isExternalName = spec.type === 'ExternalName'
  const isReachable = opensNodePorts(spec) || (spec.type === 'ClusterIP' && !!spec.externalIPs?.length)
  if (isReachable) spec.externalTrafficPolicy ||= 'Cluster'
  if (!isExternalName) spec.internalTrafficPolicy ||= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
  if (isExternalName) return
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
  if (!spec.clusterIP && spec.clusterIPs?.[0]) spec.clusterIP = spec.clusterIPs[0]
  spec.ipFamilyPolicy ??= 'SingleStack'
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4']
}

function followType(spec: Spec, old: Spec): void {
  if (spec.type === 'ExternalName') {
    // Only values that the writer did not touch are cleared; a changed one is refused by validation.
    if (spec.clusterIP === old.clusterIP) {
      delete spec.clusterIP
      delete spec.clusterIPs
    }
    delete spec.ipFamilies
    delete spec.ipFamilyPolicy
    delete spec.internalTrafficPolicy
  } else if (old.type !== 'ExternalName') {
    spec.clusterIP ||= old.clusterIP
    // Who writes only the older of the two fields means both.
    const isOnlyOldFieldNew = spec.clusterIP !== old.clusterIP && spec.clusterIPs?.[0] === old.clusterIPs?.[0]
    if (spec.clusterIP && isOnlyOldFieldNew) spec.clusterIPs = [spec.clusterIP]
    if (!spec.clusterIPs?.length && spec.clusterIP === old.clusterIP) spec.clusterIPs = old.clusterIPs?.slice()
  }
  if (opensNodePorts(spec)) keepNodePorts(spec, old)
  else if (opensNodePorts(old)) dropNodePorts(spec, old)
  if (spec.type !== 'LoadBalancer' && old.type === 'LoadBalancer') delete spec.allocateLoadBalancerNodePorts
}

function keepNodePorts(spec: Spec, old: Spec): void {
  for (const port of spec.ports ?? []) {
    if (port.nodePort) continue
    const before = old.ports?.find((other) => other.port === port.port && other.protocol === port.protocol)
    const isTaken = spec.ports?.some(({ nodePort }) => nodePort && nodePort === before?.nodePort)
    if (before?.nodePort && !isTaken) port.nodePort = before.nodePort
  }
}

function dropNodePorts(spec: Spec, old: Spec): void {
  delete spec.externalTrafficPolicy
  delete spec.healthCheckNodePort
  const oldPorts = new Set(old.ports?.map(({ nodePort }) => nodePort))
  for (const port of spec.ports ?? []) if (oldPorts.has(port.nodePort)) delete port.nodePort
}

function opensNodePorts({ type }: Spec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer'
}
