// Hands out the addresses of one range.

/** Addresses `prefix.first` to `prefix.last`, each given to one claimant at a time. */
export interface AddressPool {
  /** Takes the wanted address, or the next free one; throws in upstream's words. */
  claim(wanted?: string): string
  release(ip: string): void
}

export interface PoolOptions {
  /** `127.42.0`: the first three numbers. */
  prefix: string
  first: number
  last: number
  /** The range as messages name it. */
  cidr: string
  /** Addresses that are handed out only to those who name them. */
  reserved?: string[]
}

/** Makes a pool; addresses are used round robin, so that one that was released rests for a while. */
export function makeAddressPool({ prefix, first, last, cidr, reserved = [] }: PoolOptions): AddressPool {
  const taken = new Set<string>()
  let next = first

  const takeFree = () => {
    for (let tried = first; tried <= last; tried += 1) {
      const ip = `${prefix}.${next}`
      next = next === last ? first : next + 1
      if (!taken.has(ip) && !reserved.includes(ip)) return ip
    }
    throw new Error(`failed to allocate an address: range ${cidr} is full`)
  }
  const takeWanted = (ip: string) => {
    const number = ip.startsWith(`${prefix}.`) ? Number(ip.slice(prefix.length + 1)) : Number.NaN
    if (!(number >= 1 && number <= 254)) {
      throw new Error(
        `failed to allocate IP ${ip}: the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${cidr}`,
      )
    }
    if (taken.has(ip)) throw new Error(`failed to allocate IP ${ip}: provided IP is already allocated`)
    return ip
  }

  return {
    claim(wanted) {
      const ip = wanted ? takeWanted(wanted) : takeFree()
      taken.add(ip)
      return ip
    },
    release(ip) {
      taken.delete(ip)
    },
  }
}
