// Rules for network policies.
import type { FieldError } from '../kind-definition.ts'
import type { NetworkPolicy } from '../types.ts'
import { forbidden, invalid, notSupported, required, tooMany } from '../validation/errors.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import { addressRange, portNumber, portNumberOrName, strictAddressRange } from '../validation/numbers.ts'
import { containsRange } from './address-ranges.ts'

type PolicySpec = NonNullable<NetworkPolicy['spec']>
type Peer = NonNullable<NonNullable<PolicySpec['ingress']>[number]['from']>[number]
type PolicyPort = NonNullable<NonNullable<PolicySpec['ingress']>[number]['ports']>[number]

const protocols = ['TCP', 'UDP', 'SCTP']
const policyTypes = ['Ingress', 'Egress']

/** Rules for a network policy. Ranges that it had before stay allowed. */
export function networkPolicyErrors({ spec }: NetworkPolicy, old?: NetworkPolicy): FieldError[] {
  const known = new Set(rulesOf(old?.spec).flatMap(({ peers }) => peers.flatMap(rangesOf)))
  const errors = labelSelectorErrors('spec.podSelector', spec?.podSelector)
  for (const { field, ports, peerField, peers } of rulesOf(spec)) {
    errors.push(...ports.flatMap((port, i) => portErrors(`${field}.ports[${i}]`, port)))
    errors.push(...peers.flatMap((peer, i) => peerErrors(`${field}.${peerField}[${i}]`, peer, known)))
  }
  const types = spec?.policyTypes ?? []
  if (types.length > policyTypes.length) {
    return [...errors, tooMany('spec.policyTypes', types.length, policyTypes.length)]
  }
  for (const [i, type] of types.entries()) {
    if (!policyTypes.includes(type)) errors.push(notSupported(`spec.policyTypes[${i}]`, type, policyTypes))
  }
  return errors
}

function rulesOf(spec: PolicySpec | undefined) {
  const ingress = (spec?.ingress ?? []).map(({ ports = [], from = [] }, i) => ({
    field: `spec.ingress[${i}]`,
    ports,
    peerField: 'from',
    peers: from,
  }))
  const egress = (spec?.egress ?? []).map(({ ports = [], to = [] }, i) => ({
    field: `spec.egress[${i}]`,
    ports,
    peerField: 'to',
    peers: to,
  }))
  return [...ingress, ...egress]
}

function rangesOf({ ipBlock }: Peer): string[] {
  return ipBlock ? [ipBlock.cidr, ...(ipBlock.except ?? [])] : []
}

function portErrors(field: string, { protocol, port, endPort }: PolicyPort): FieldError[] {
  const end = `${field}.endPort`
  const errors =
    protocol && !protocols.includes(protocol) ? [notSupported(`${field}.protocol`, protocol, protocols)] : []
  if (port === undefined) {
    if (endPort === undefined) return errors
    return [...errors, invalid(end, endPort, 'may not be specified when `port` is not specified')]
  }
  if (typeof port === 'string') {
    if (endPort !== undefined) errors.push(invalid(end, endPort, 'may not be specified when `port` is non-numeric'))
    return [...errors, ...portNumberOrName(`${field}.port`, port)]
  }
  errors.push(...portNumber(`${field}.port`, port))
  if (endPort === undefined) return errors
  // The value shown is the port's, which is upstream's slip.
  if (endPort < port) errors.push(invalid(end, port, 'must be greater than or equal to `port`'))
  return [...errors, ...portNumber(end, endPort)]
}

function peerErrors(
  field: string,
  { podSelector, namespaceSelector, ipBlock }: Peer,
  known: Set<string>,
): FieldError[] {
  const errors = labelSelectorErrors(`${field}.podSelector`, podSelector)
  errors.push(...labelSelectorErrors(`${field}.namespaceSelector`, namespaceSelector))
  if (ipBlock) errors.push(...blockErrors(`${field}.ipBlock`, ipBlock, known))
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(field, 'must specify a peer'))
  if (ipBlock && (podSelector || namespaceSelector)) {
    errors.push(forbidden(field, 'may not specify both ipBlock and another peer'))
  }
  return errors
}

function blockErrors(field: string, { cidr, except }: NonNullable<Peer['ipBlock']>, known: Set<string>): FieldError[] {
  if (!cidr) return [required(`${field}.cidr`)]
  const check = (at: string, range: string) => (known.has(range) ? [] : strictAddressRange(at, range))
  const errors = check(`${field}.cidr`, cidr)
  if (addressRange(field, cidr).length > 0) return errors
  for (const [i, range] of (except ?? []).entries()) {
    const at = `${field}.except[${i}]`
    errors.push(...check(at, range))
    if (addressRange(at, range).length > 0 || containsRange(cidr, range)) continue
    errors.push(invalid(at, range, 'must be a strict subset of `cidr`'))
  }
  return errors
}
