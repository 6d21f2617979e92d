import type { ServiceAddresses } from './registry-core.ts'

/** Service addresses out of 127.43.0.0/16 that lead nowhere: for an API server without a network. */
export function makeUnroutedAddresses(): ServiceAddresses {
  const taken = new Set<string>()
  let next = 1
  return {
    claimServiceIp(wanted) {
      if (wanted !== undefined && taken.has(wanted)) throw new Error('provided IP is already allocated')
      let address = wanted
      while (address === undefined || (wanted === undefined && taken.has(address))) {
        address = `127.43.${next >> 8}.${next & 255}`
        next += 1
        if (next >= 65_534) throw new Error('range is full')
      }
      taken.add(address)
      return address
    },
    releaseServiceIp(ip) {
      taken.delete(ip)
    },
  }
}
