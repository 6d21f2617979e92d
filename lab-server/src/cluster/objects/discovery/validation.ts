// Rules for the addresses behind Services, in both of their forms.
import { isIP } from 'node:net'
import type { FieldError } from '../kind-definition.ts'
import type { EndpointSlice, Endpoints } from '../types.ts'
import { immutable, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { dnsLabelProblems } from '../validation/names.ts'
import { portNumber } from '../validation/numbers.ts'

const addressTypes = ['FQDN', 'IPv4', 'IPv6']
const protocols = ['SCTP', 'TCP', 'UDP']
const addressRule = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

/** Rules for an EndpointSlice. */
export function endpointSliceErrors({ addressType, endpoints, ports }: EndpointSlice): FieldError[] {
  const errors: FieldError[] = []
  if (!addressType) errors.push(required('addressType'))
  else if (!addressTypes.includes(addressType)) errors.push(notSupported('addressType', addressType, addressTypes))
  for (const [i, { addresses }] of (endpoints ?? []).entries()) {
    if (!addresses?.length) {
      errors.push(required(`endpoints[${i}].addresses`, 'must contain at least 1 address'))
    }
    if (addressType === 'FQDN') continue
    const family = addressType === 'IPv6' ? 6 : 4
    for (const [j, address] of (addresses ?? []).entries()) {
      if (isIP(address) !== 0 && isIP(address) !== family) {
        errors.push(invalid(`endpoints[${i}].addresses[${j}]`, address, `must be an ${addressType} address`))
      } else errors.push(...addressErrors(`endpoints[${i}].addresses[${j}]`, address))
    }
  }
  for (const [i, { name, protocol }] of (ports ?? []).entries()) {
    if (name) errors.push(...invalidEach(`ports[${i}].name`, name, dnsLabelProblems(name)))
    if (protocol && !protocols.includes(protocol)) {
      errors.push(notSupported(`ports[${i}].protocol`, protocol, protocols))
    }
  }
  return errors
}

/** The kind of addresses in a slice never changes. */
export function endpointSliceChange(slice: EndpointSlice, old: EndpointSlice): FieldError[] {
  return slice.addressType === old.addressType ? [] : [immutable('addressType', slice.addressType)]
}

/** Rules for Endpoints. */
export function endpointsErrors({ subsets }: Endpoints): FieldError[] {
  return (subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const field = `subsets[${i}]`
    const errors: FieldError[] = []
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.push(required(field, 'must specify `addresses` or `notReadyAddresses`'))
    }
    for (const [list, given] of Object.entries({ addresses, notReadyAddresses })) {
      for (const [j, { ip }] of given.entries()) errors.push(...addressErrors(`${field}.${list}[${j}].ip`, ip))
    }
    for (const [j, { name, port }] of ports.entries()) {
      if (!name && ports.length > 1) errors.push(required(`${field}.ports[${j}].name`))
      errors.push(...portNumber(`${field}.ports[${j}].port`, port))
    }
    return errors
  })
}

function addressErrors(field: string, address: string): FieldError[] {
  if (isIP(address) === 0) return [invalid(field, address, addressRule)]
  if (address === '0.0.0.0' || address === '::') {
    return [invalid(field, address, `may not be unspecified (${address})`)]
  }
  if (address.startsWith('169.254.')) {
    return [invalid(field, address, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')]
  }
  return []
}
