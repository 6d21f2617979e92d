// Rules for Ingresses and network policies.
import { isIP } from 'node:net'
import type { FieldError } from '../kind-definition.ts'
import type { Ingress, NetworkPolicy } from '../types.ts'
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import {
  dns1035LabelProblems,
  dnsSubdomainProblems,
  portNameProblems,
  wildcardSubdomainProblems,
} from '../validation/names.ts'
import { portNumber, portNumberOrName } from '../validation/numbers.ts'

type Rule = NonNullable<NonNullable<Ingress['spec']>['rules']>[number]
type Path = NonNullable<Rule['http']>['paths'][number]
type Backend = Path['backend']
type PolicySpec = NonNullable<NetworkPolicy['spec']>
type Peer = NonNullable<NonNullable<PolicySpec['ingress']>[number]['from']>[number]
type PolicyPort = NonNullable<NonNullable<PolicySpec['ingress']>[number]['ports']>[number]

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']

/** Rules for an Ingress. */
export function ingressErrors({ spec }: Ingress): FieldError[] {
  const errors: FieldError[] = []
  if (!spec?.rules?.length && !spec?.defaultBackend) {
    errors.push(invalid('spec', spec?.rules ?? [], 'either `defaultBackend` or `rules` must be specified'))
  }
  if (spec?.defaultBackend) errors.push(...backendErrors('spec.defaultBackend', spec.defaultBackend))
  for (const [i, rule] of (spec?.rules ?? []).entries()) errors.push(...ruleErrors(`spec.rules[${i}]`, rule))
  for (const [i, { hosts }] of (spec?.tls ?? []).entries()) {
    for (const [j, host] of (hosts ?? []).entries()) {
      errors.push(...invalidEach(`spec.tls[${i}].hosts[${j}]`, host, hostProblems(host)))
    }
  }
  const name = spec?.ingressClassName
  if (name !== undefined && name !== null) {
    errors.push(...invalidEach('spec.ingressClassName', name, dnsSubdomainProblems(name)))
  }
  return errors
}

function ruleErrors(field: string, { host, http }: Rule): FieldError[] {
  const errors: FieldError[] = []
  if (host) {
    if (isIP(host) !== 0) errors.push(invalid(`${field}.host`, host, 'must be a DNS name, not an IP address'))
    else errors.push(...invalidEach(`${field}.host`, host, hostProblems(host)))
  }
  if (!http) return errors
  if (!http.paths?.length) errors.push(required(`${field}.http.paths`))
  for (const [i, path] of (http.paths ?? []).entries()) errors.push(...pathErrors(`${field}.http.paths[${i}]`, path))
  return errors
}

function hostProblems(host: string): string[] {
  return host.includes('*') ? wildcardSubdomainProblems(host) : dnsSubdomainProblems(host)
}

function pathErrors(field: string, { path = '', pathType, backend }: Path): FieldError[] {
  if (!pathType) return [required(`${field}.pathType`, 'pathType must be specified')]
  const errors: FieldError[] = []
  if (!pathTypes.includes(pathType)) errors.push(notSupported(`${field}.pathType`, pathType, pathTypes))
  else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) errors.push(invalid(`${field}.path`, path, 'must be an absolute path'))
  } else errors.push(...strictPathErrors(`${field}.path`, path))
  return [...errors, ...backendErrors(`${field}.backend`, backend)]
}

function strictPathErrors(field: string, path: string): FieldError[] {
  const errors = path.startsWith('/') ? [] : [invalid(field, path, 'must be an absolute path')]
  for (const sequence of ['//', '/./', '/../', '%2f', '%2F']) {
    if (path.includes(sequence)) errors.push(invalid(field, path, `must not contain '${sequence}'`))
  }
  for (const end of ['/..', '/.']) {
    if (path.endsWith(end)) errors.push(invalid(field, path, `cannot end with '${end}'`))
  }
  return errors
}

function backendErrors(field: string, backend: Backend | undefined): FieldError[] {
  const { service, resource } = backend ?? {}
  if (service && resource) return [invalid(field, '', 'cannot set both resource and service backends')]
  if (resource) return []
  if (!service) return [invalid(field, '', 'resource or service backend is required')]
  const errors = service.name
    ? invalidEach(`${field}.service.name`, service.name, dns1035LabelProblems(service.name))
    : [required(`${field}.service.name`)]
  const { name, number } = service.port ?? {}
  if (name && number) errors.push(invalid(field, '', 'cannot set both port name & port number'))
  else if (name) errors.push(...invalidEach(`${field}.service.port.name`, name, portNameProblems(name)))
  else if (number) errors.push(...portNumber(`${field}.service.port.number`, number))
  else errors.push(required(field, 'port name or number is required'))
  return errors
}

/** Rules for a network policy. */
export function networkPolicyErrors({ spec }: NetworkPolicy): FieldError[] {
  if (!spec) return []
  const errors = labelSelectorErrors('spec.podSelector', spec.podSelector)
  for (const [i, rule] of (spec.ingress ?? []).entries()) {
    errors.push(...policyRuleErrors(`spec.ingress[${i}]`, { ports: rule.ports, peers: rule.from ?? [], name: 'from' }))
  }
  for (const [i, rule] of (spec.egress ?? []).entries()) {
    errors.push(...policyRuleErrors(`spec.egress[${i}]`, { ports: rule.ports, peers: rule.to ?? [], name: 'to' }))
  }
  const known = ['Egress', 'Ingress']
  for (const [i, type] of (spec.policyTypes ?? []).entries()) {
    if (!known.includes(type)) errors.push(notSupported(`spec.policyTypes[${i}]`, type, known))
  }
  return errors
}

function policyRuleErrors(
  field: string,
  { ports, peers, name }: { ports?: PolicyPort[]; peers: Peer[]; name: string },
): FieldError[] {
  return [
    ...(ports ?? []).flatMap((port, i) => policyPortErrors(`${field}.ports[${i}]`, port)),
    ...peers.flatMap((peer, i) => peerErrors(`${field}.${name}[${i}]`, peer)),
  ]
}

function policyPortErrors(field: string, { protocol, port, endPort }: PolicyPort): FieldError[] {
  const protocols = ['SCTP', 'TCP', 'UDP']
  const errors =
    protocol && !protocols.includes(protocol) ? [notSupported(`${field}.protocol`, protocol, protocols)] : []
  if (port !== undefined) errors.push(...portNumberOrName(`${field}.port`, port))
  if (endPort === undefined) return errors
  if (typeof port === 'string') {
    errors.push(invalid(`${field}.endPort`, endPort, 'may not be specified when `port` is non-numeric'))
  } else if (port === undefined) {
    errors.push(invalid(`${field}.endPort`, endPort, 'may not be specified when `port` is not specified'))
  } else if (endPort < port) {
    errors.push(invalid(`${field}.endPort`, endPort, 'must be greater than or equal to `port`'))
  }
  return errors
}

function peerErrors(field: string, { podSelector, namespaceSelector, ipBlock }: Peer): FieldError[] {
  const errors: FieldError[] = []
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(field, 'must specify a peer'))
  if (ipBlock && (podSelector || namespaceSelector)) {
    errors.push(forbidden(field, 'may not specify both ipBlock and another peer'))
  }
  errors.push(...labelSelectorErrors(`${field}.podSelector`, podSelector))
  errors.push(...labelSelectorErrors(`${field}.namespaceSelector`, namespaceSelector))
  if (!ipBlock) return errors
  const rule = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'
  if (!ipBlock.cidr) errors.push(required(`${field}.ipBlock.cidr`))
  else if (!isCidr(ipBlock.cidr)) errors.push(invalid(`${field}.ipBlock.cidr`, ipBlock.cidr, rule))
  for (const [i, except] of (ipBlock.except ?? []).entries()) {
    if (!isCidr(except)) errors.push(invalid(`${field}.ipBlock.except[${i}]`, except, rule))
  }
  return errors
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0 || !/^\d+$/.test(bits)) return false
  return Number(bits) <= (family === 4 ? 32 : 128)
}
