// Hands out the addresses of one range.
import { addressNumber, addressOf, parseCidr } from './ipv4.ts'

/** Addresses of a range, each given to one claimant at a time. */
export interface AddressPool {
  /** Takes the wanted address, or the next free one; throws in upstream's words. */
  claim(wanted?: string): string
  release(ip: string): void
}

export interface PoolOptions {
  /** e.g. `10.42.0.0/24`. */
  cidr: string
  /** Which of the range's addresses, counted from its start, are handed out to those who name none. */
  first: number
  last: number
  /** Addresses that are handed out only to those who name them. */
  reserved?: string[]
  /** Which free one is next: the following one, so that one that was released rests for a while, or any. */
  order?: 'following' | 'random'
}

/** Makes a pool. */
export function makeAddressPool({ cidr, first, last, reserved = [], order = 'following' }: PoolOptions): AddressPool {
  const { start, size } = parseCidr(cidr)
  const taken = new Set<string>()
  const count = last - first + 1
  let next = 0

  const takeFree = () => {
    if (order === 'random') next = Math.floor(Math.random() * count)
    for (let tried = 0; tried < count; tried += 1) {
      const ip = addressOf(start + first + next)
      next = (next + 1) % count
      if (!taken.has(ip) && !reserved.includes(ip)) return ip
    }
    throw new Error(`failed to allocate an address: range ${cidr} is full`)
  }
  const takeWanted = (ip: string) => {
    const offset = addressNumber(ip) - start
    if (!(offset >= 1 && offset < size - 1)) {
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
