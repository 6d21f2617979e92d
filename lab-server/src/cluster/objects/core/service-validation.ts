// Rules for Services.
import type { FieldError } from '../kind-definition.ts'
import type { Service } from '../types.ts'
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { labelErrors } from '../validation/metadata.ts'
import { dnsSubdomainProblems } from '../validation/names.ts'
import { address, addressRange, portNumber } from '../validation/numbers.ts'
import { serviceAddressErrors, specialAddressErrors } from './service-address-validation.ts'
import { repeatedPorts, servicePortErrors } from './service-port-validation.ts'

type Spec = NonNullable<Service['spec']>

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const reach = ['Cluster', 'Local']
const distributions = ['PreferClose', 'PreferSameNode', 'PreferSameZone']
const mostAffinitySeconds = 86400

/** Rules for a Service. */
export function serviceErrors({ spec }: Service): FieldError[] {
  if (!spec) return [required('spec.ports')]
  const errors = [
    ...typeErrors(spec),
    ...servicePortErrors('spec.ports', spec.ports),
    ...labelErrors('spec.selector', spec.selector),
    ...affinityErrors(spec),
    ...serviceAddressErrors(spec),
  ]
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    const found = address(`spec.externalIPs[${i}]`, ip)
    errors.push(...(found.length > 0 ? found : specialAddressErrors(`spec.externalIPs[${i}]`, ip)))
  }
  if (!spec.type) errors.push(required('spec.type'))
  else if (!types.includes(spec.type)) errors.push(notSupported('spec.type', spec.type, types))
  errors.push(...repeatedPorts(spec), ...balancerErrors(spec), ...policyErrors(spec))
  const distribution = spec.trafficDistribution
  if (distribution === undefined || distributions.includes(distribution)) return errors
  return [...errors, notSupported('spec.trafficDistribution', distribution, distributions)]
}

/** Warnings about a Service that is taken all the same. */
export function serviceWarnings({ metadata, spec = {} }: Service): string[] {
  const { type, clusterIP, externalIPs, externalName, sessionAffinity } = spec
  const isHeadless = type === 'ClusterIP' && clusterIP === 'None'
  const hasExternalIPs = !!externalIPs?.length
  const hints = 'service.kubernetes.io/topology-aware-hints'
  const warnings: string[] = []
  if (metadata.annotations?.[hints] !== undefined) {
    warnings.push(`annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`)
  }
  if (isHeadless && spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services')
  if (isHeadless && hasExternalIPs) warnings.push('spec.externalIPs is ignored for headless services')
  if (isHeadless && sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services')
  if (hasExternalIPs && !isHeadless && type !== 'ExternalName') {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  }
  if (type === 'ExternalName' && hasExternalIPs) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  }
  if (type !== 'ExternalName' && externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  }
  if (spec.trafficDistribution !== 'PreferClose') return warnings
  return [...warnings, 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']
}

function typeErrors(spec: Spec): FieldError[] {
  const errors: FieldError[] = []
  const isHeadless = spec.clusterIPs?.[0] === 'None'
  if (!spec.ports?.length && !isHeadless && spec.type !== 'ExternalName') errors.push(required('spec.ports'))
  if (isHeadless && (spec.type === 'NodePort' || spec.type === 'LoadBalancer')) {
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`))
  }
  if (spec.type !== 'ExternalName') return errors
  for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const) {
    if (spec[field]?.length) errors.push(forbidden(`spec.${field}`, 'may not be set for ExternalName services'))
  }
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  if (name === '') return [...errors, required('spec.externalName')]
  return [...errors, ...invalidEach('spec.externalName', name, dnsSubdomainProblems(name))]
}

function affinityErrors({ sessionAffinity, sessionAffinityConfig: config }: Spec): FieldError[] {
  const field = 'spec.sessionAffinityConfig'
  const known = ['ClientIP', 'None']
  if (!sessionAffinity) return [required('spec.sessionAffinity')]
  if (!known.includes(sessionAffinity)) return [notSupported('spec.sessionAffinity', sessionAffinity, known)]
  if (sessionAffinity === 'None') {
    return config ? [forbidden(field, 'must not be set when session affinity is None')] : []
  }
  const why = 'when session affinity type is ClientIP'
  if (!config) return [required(field, why)]
  if (!config.clientIP) return [required(`${field}.clientIP`, why)]
  const seconds = config.clientIP.timeoutSeconds
  if (seconds === undefined) return [required(`${field}.clientIP.timeoutSeconds`, why)]
  if (seconds > 0 && seconds <= mostAffinitySeconds) return []
  const rule = `must be greater than 0 and less than ${mostAffinitySeconds}`
  return [invalid(`${field}.clientIP.timeoutSeconds`, seconds, rule)]
}

/** What only makes sense for a load balancer outside of the cluster. */
function balancerErrors(spec: Spec): FieldError[] {
  const isBalancer = spec.type === 'LoadBalancer'
  const rule = "may only be used when `type` is 'LoadBalancer'"
  const ranges = spec.loadBalancerSourceRanges ?? []
  // Upstream spells the field with a capital letter.
  const field = 'spec.LoadBalancerSourceRanges'
  const errors = ranges.length > 0 && !isBalancer ? [forbidden(field, rule)] : []
  errors.push(...ranges.flatMap((range, i) => addressRange(`${field}[${i}]`, range.trim())))
  if (isBalancer) return errors
  if (spec.allocateLoadBalancerNodePorts !== undefined) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', rule))
  }
  return spec.loadBalancerClass === undefined ? errors : [...errors, forbidden('spec.loadBalancerClass', rule)]
}

function policyErrors(spec: Spec): FieldError[] {
  const { type, externalTrafficPolicy: outside, internalTrafficPolicy: inside, healthCheckNodePort: port } = spec
  const isReachable =
    type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && !!spec.externalIPs?.length)
  const errors: FieldError[] = []
  if (!isReachable && outside) {
    errors.push(invalid('spec.externalTrafficPolicy', outside, 'may only be set for externally-accessible services'))
  } else if (isReachable && outside && !reach.includes(outside)) {
    errors.push(notSupported('spec.externalTrafficPolicy', outside, reach))
  }
  if (port) {
    const field = 'spec.healthCheckNodePort'
    const rule = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    const isChecked = type === 'LoadBalancer' && outside === 'Local'
    errors.push(...(isChecked ? portNumber(field, port) : [invalid(field, port, rule)]))
  }
  if (!inside || reach.includes(inside)) return errors
  return [...errors, notSupported('spec.internalTrafficPolicy', inside, reach)]
}
