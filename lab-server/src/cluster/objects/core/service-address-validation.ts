// Rules for the addresses of Services.
import { isIPv6 } from 'node:net'
import type { FieldError } from '../kind-definition.ts'
import type { Service } from '../types.ts'
import { duplicate, forbidden, invalid, notSupported, required } from '../validation/errors.ts'
import { address } from '../validation/numbers.ts'

type Spec = NonNullable<Service['spec']>

const families = ['IPv4', 'IPv6']
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

/** Checks the addresses and their families, which an ExternalName Service has none of. */
export function serviceAddressErrors(spec: Spec): FieldError[] {
  if (spec.type === 'ExternalName') return []
  const errors = [...primaryErrors(spec), ...familyErrors(spec)]
  const ips = spec.clusterIPs ?? []
  const wrong = ips.flatMap((ip, i) => {
    if (i > 0 || ip !== 'None') return address(`spec.clusterIPs[${i}]`, ip)
    return ips.length > 1 ? [invalid('spec.clusterIPs', ips, "'None' must be the first and only value")] : []
  })
  errors.push(...wrong)
  if (ips.length > 2) errors.push(invalid('spec.clusterIPs', ips, 'may only hold up to 2 values'))
  if (wrong.length > 0 || ips[0] === 'None') return errors
  if (ips.length > 1 && new Set(ips.map((ip) => isIPv6(ip))).size !== ips.length) {
    errors.push(invalid('spec.clusterIPs', ips, 'may specify no more than one IP for each IP family'))
  }
  for (const [i, ip] of ips.entries()) {
    const family = spec.ipFamilies?.[i]
    if (family === undefined || (family === 'IPv6') === isIPv6(ip)) continue
    const rule = `expected an ${family} value as indicated by \`ipFamilies[${i}]\``
    errors.push(invalid(`spec.clusterIPs[${i}]`, ip, rule))
  }
  return errors
}

function primaryErrors({ clusterIP, clusterIPs = [] }: Spec): FieldError[] {
  const field = 'spec.clusterIPs'
  if (!clusterIP) {
    return clusterIPs.length > 0 ? [invalid(field, clusterIPs, 'must be empty when `clusterIP` is not specified')] : []
  }
  if (clusterIPs.length === 0) return [required(field)]
  return clusterIPs[0] === clusterIP ? [] : [invalid(field, clusterIPs, 'first value must match `clusterIP`')]
}

function familyErrors({ ipFamilies, ipFamilyPolicy }: Spec): FieldError[] {
  const errors = (ipFamilies ?? []).flatMap((family, i) => {
    const at = `spec.ipFamilies[${i}]`
    const found = families.includes(family) ? [] : [notSupported(at, family, families)]
    return ipFamilies?.indexOf(family) === i ? found : [...found, duplicate(at, family)]
  })
  if (ipFamilyPolicy === undefined || familyPolicies.includes(ipFamilyPolicy)) return errors
  return [...errors, notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, familyPolicies)]
}

/** Addresses that mean this machine or this link to everybody. */
export function specialAddressErrors(field: string, ip: string): FieldError[] {
  if (ip === '0.0.0.0' || ip === '::') return [invalid(field, ip, `may not be unspecified (${ip})`)]
  if (/^127\./.test(ip) || ip === '::1') {
    return [invalid(field, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')]
  }
  if (/^169\.254\.|^fe[89ab]/i.test(ip)) {
    return [invalid(field, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')]
  }
  if (!/^224\.0\.0\.|^ff02:/i.test(ip)) return []
  return [invalid(field, ip, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')]
}

/** A Service that keeps an address keeps the one it has. */
export function serviceChange({ spec }: Service, { spec: old }: Service): FieldError[] {
  if (!spec || !old || spec.type === 'ExternalName' || old.type === 'ExternalName') return []
  const errors = [...addressChange(spec, old)]
  if (spec.type === 'LoadBalancer' && old.type === 'LoadBalancer' && spec.loadBalancerClass !== old.loadBalancerClass) {
    errors.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set'))
  }
  const isChecked = ({ type, externalTrafficPolicy }: Spec) =>
    type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
  if (isChecked(spec) && isChecked(old) && spec.healthCheckNodePort !== old.healthCheckNodePort) {
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'))
  }
  return errors
}

function addressChange(spec: Spec, old: Spec): FieldError[] {
  const [before] = addresses(old)
  const [now] = addresses(spec)
  if (!before || now === before) return []
  const field = 'spec.clusterIPs[0]'
  if (!now) return [invalid(field, addresses(spec), 'primary clusterIP can not be unset')]
  return [invalid(field, addresses(spec), 'may not change once set')]
}

function addresses({ clusterIP, clusterIPs }: Spec): string[] {
  return clusterIPs?.length ? clusterIPs : clusterIP ? [clusterIP] : []
}
