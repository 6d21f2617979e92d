// Arithmetic of address ranges.
import { BlockList, isIPv6 } from 'node:net'

/** True when the second range lies within the first and is smaller. */
export function containsRange(outer: string, inner: string): boolean {
  const [outerStart = '', outerBits = ''] = outer.split('/')
  const [innerStart = '', innerBits = ''] = inner.split('/')
  if (isIPv6(outerStart) !== isIPv6(innerStart) || Number(outerBits) >= Number(innerBits)) return false
  const family = isIPv6(outerStart) ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  list.addSubnet(outerStart, Number(outerBits), family)
  return list.check(innerStart, family)
}
