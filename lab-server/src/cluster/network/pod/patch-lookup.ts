// Makes Node resolve names as the pod does.
import dns, { type LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import type { PodNetwork } from './pod-network.ts'
import { resolveName } from './resolve-name.ts'

interface LookupOptions {
  family?: number | string
  all?: boolean
}
type Callback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void

/** Replaces `dns.lookup` and its promise; all else that asks for names in Node goes through them. */
export function patchLookup(network: PodNetwork): void {
  const find = async (hostname: string): Promise<LookupAddress[]> => {
    const addresses = await resolveName(network, hostname || 'localhost')
    return addresses.map((address) => ({ address, family: isIP(address) || 4 }))
  }
  const lookup = (hostname: string, given: LookupOptions | number | Callback, last?: Callback) => {
    const callback = typeof given === 'function' ? given : last
    const isAll = typeof given === 'object' && given.all === true
    find(hostname).then(
      (found) => (isAll ? callback?.(null, found) : callback?.(null, found[0]?.address, found[0]?.family)),
      (error: Error) => callback?.(error),
    )
  }
  const lookupPromise = async (hostname: string, options: LookupOptions | number = {}) => {
    const found = await find(hostname)
    return typeof options === 'object' && options.all ? found : found[0]
  }
  Object.assign(dns, { lookup })
  Object.assign(dns.promises, { lookup: lookupPromise })
}
