// Rules for Services.
import { isIP } from 'node:net'
import type { FieldError } from '../kind-definition.ts'
import type { Service } from '../types.ts'
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { labelErrors } from '../validation/metadata.ts'
import { dnsLabelProblems, dnsSubdomainProblems } from '../validation/names.ts'
import { portNumber, portNumberOrName } from '../validation/numbers.ts'

type Spec = NonNullable<Service['spec']>
type Port = NonNullable<Spec['ports']>[number]

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const protocols = ['SCTP', 'TCP', 'UDP']

/** Rules for a Service. */
export function serviceErrors({ spec }: Service): FieldError[] {
  if (!spec) return [required('spec.ports')]
  return [
    ...typeErrors(spec),
    ...portsErrors(spec),
    ...labelErrors('spec.selector', spec.selector),
    ...affinityErrors(spec),
    ...addressErrors(spec),
    ...policyErrors(spec),
  ]
}

/** A Service that keeps an address keeps the one it has. */
export function serviceChange({ spec }: Service, old: Service): FieldError[] {
  if (!spec || !old.spec || !hasAddress(spec) || !hasAddress(old.spec)) return []
  const [before] = addresses(old.spec)
  const [now] = addresses(spec)
  if (!before || now === before) return []
  const field = 'spec.clusterIPs[0]'
  if (!now) return [invalid(field, addresses(spec), 'primary clusterIP can not be unset')]
  return [invalid(field, addresses(spec), 'may not change once set')]
}

/** Warnings about a Service that is taken all the same. */
export function serviceWarnings({ spec }: Service): string[] {
  const seen = new Map<string, number>()
  return (spec?.ports ?? []).flatMap(({ targetPort, protocol, name }, i) => {
    if (name) return []
    const key = `${protocol}/${targetPort}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, i)
    return first === undefined ? [] : [`spec.ports[${i}]: duplicate port definition with spec.ports[${first}]`]
  })
}

function typeErrors(spec: Spec): FieldError[] {
  const errors: FieldError[] = []
  const isHeadless = addresses(spec)[0] === 'None'
  if (!spec.ports?.length && !isHeadless && spec.type !== 'ExternalName') errors.push(required('spec.ports'))
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    if (isHeadless) {
      errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`))
    }
  } else if (spec.type === 'ExternalName') {
    if (addresses(spec).length > 0) {
      errors.push(forbidden('spec.clusterIPs', 'may not be set for ExternalName services'))
    }
    const name = (spec.externalName ?? '').replace(/\.$/, '')
    if (name === '') errors.push(required('spec.externalName'))
    else errors.push(...invalidEach('spec.externalName', name, dnsSubdomainProblems(name)))
  }
  return errors
}

function portsErrors(spec: Spec): FieldError[] {
  const ports = spec.ports ?? []
  const names = new Set<string>()
  const errors = ports.flatMap((port, i) => onePortErrors(`spec.ports[${i}]`, port, ports.length > 1, names))
  if (spec.type === 'ClusterIP') {
    for (const [i, { nodePort }] of ports.entries()) {
      if (nodePort) errors.push(forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
    }
  }
  return [...errors, ...repeatedPorts(ports)]
}

function onePortErrors(field: string, port: Port, needsName: boolean, names: Set<string>): FieldError[] {
  const errors: FieldError[] = []
  if (port.name) {
    errors.push(...invalidEach(`${field}.name`, port.name, dnsLabelProblems(port.name)))
    if (names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name))
    names.add(port.name)
  } else if (needsName) errors.push(required(`${field}.name`))
  errors.push(...portNumber(`${field}.port`, port.port))
  if (!port.protocol) errors.push(required(`${field}.protocol`))
  else if (!protocols.includes(port.protocol)) errors.push(notSupported(`${field}.protocol`, port.protocol, protocols))
  return [...errors, ...portNumberOrName(`${field}.targetPort`, port.targetPort)]
}

function repeatedPorts(ports: Port[]): FieldError[] {
  const seen = new Set<string>()
  return ports.flatMap(({ protocol, port }, i) => {
    const key = `${protocol}/${port}`
    const isNew = !seen.has(key)
    seen.add(key)
    if (isNew) return []
    // The value is upstream's internal form of a port of which only the key is filled in.
    const value = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }
    return [duplicate(`spec.ports[${i}]`, value)]
  })
}

function affinityErrors({ sessionAffinity, sessionAffinityConfig }: Spec): FieldError[] {
  if (!sessionAffinity) return [required('spec.sessionAffinity')]
  const known = ['ClientIP', 'None']
  if (!known.includes(sessionAffinity)) return [notSupported('spec.sessionAffinity', sessionAffinity, known)]
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (sessionAffinity !== 'ClientIP' || seconds === undefined || (seconds > 0 && seconds <= 86400)) return []
  const rule = 'must be greater than 0 and less than 86400'
  return [invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, rule)]
}

function addressErrors(spec: Spec): FieldError[] {
  const rule = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
  const errors = addresses(spec).flatMap((address, i) =>
    address === 'None' || isIP(address) !== 0 ? [] : [invalid(`spec.clusterIPs[${i}]`, address, rule)],
  )
  for (const [i, address] of (spec.externalIPs ?? []).entries()) {
    if (isIP(address) === 0) errors.push(invalid(`spec.externalIPs[${i}]`, address, rule))
  }
  return errors
}

function policyErrors({ type, externalTrafficPolicy, internalTrafficPolicy }: Spec): FieldError[] {
  const errors: FieldError[] = []
  if (!type) errors.push(required('spec.type'))
  else if (!types.includes(type)) errors.push(notSupported('spec.type', type, types))
  const known = ['Cluster', 'Local']
  if (externalTrafficPolicy && !known.includes(externalTrafficPolicy)) {
    errors.push(notSupported('spec.externalTrafficPolicy', externalTrafficPolicy, known))
  } else if (externalTrafficPolicy && (type === 'ClusterIP' || type === 'ExternalName')) {
    const rule = 'may only be set for externally-accessible services'
    errors.push(invalid('spec.externalTrafficPolicy', externalTrafficPolicy, rule))
  }
  if (internalTrafficPolicy && !known.includes(internalTrafficPolicy)) {
    errors.push(notSupported('spec.internalTrafficPolicy', internalTrafficPolicy, known))
  }
  return errors
}

function hasAddress({ type }: Spec): boolean {
  return type !== 'ExternalName'
}

function addresses({ clusterIP, clusterIPs }: Spec): string[] {
  return clusterIPs?.length ? clusterIPs : clusterIP ? [clusterIP] : []
}
