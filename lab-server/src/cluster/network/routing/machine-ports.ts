// Servers of the machine that listen on all its addresses are there on every pod's address too. A connection that no pod
// would answer must be refused all the same, and not end at the machine's sshd or at the lab itself.
import { readFileSync } from 'node:fs'

const listening = '0A'

/** Ports that a server of the machine holds on all addresses; empty where the system does not tell. */
export function readMachinePorts(): number[] {
  const everywhere = readListeners().filter(({ address }) => /^0+$/.test(address))
  return [...new Set(everywhere.map(({ port }) => port))].sort((a, b) => a - b)
}

/** Whether somebody listens on exactly this address. */
export function hasListener(ip: string, port: number): boolean {
  const bytes = ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase())
  const address = bytes.reverse().join('')
  return readListeners().some((listener) => listener.port === port && listener.address === address)
}

function readListeners(): { address: string; port: number }[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    try {
      return parseListeners(readFileSync(file, 'utf8'))
    } catch {
      return []
    }
  })
}

/** Reads the kernel's table: hexadecimal addresses in the machine's byte order, one socket a line. */
export function parseListeners(table: string): { address: string; port: number }[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [address, port] = local.split(':')
    return state === listening && address && port ? [{ address, port: Number.parseInt(port, 16) }] : []
  })
}
