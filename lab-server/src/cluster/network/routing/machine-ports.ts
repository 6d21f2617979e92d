// Servers of the machine that listen on all its addresses are there on every pod's address too. A connection that no pod
// would answer must be refused all the same, and not end at the machine's sshd or at the lab itself.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

const listening = '0A'

const recentMs = 1000
let lastLook: { atMs: number; ports: number[] } | undefined

/** Ports that a server of the machine holds on all addresses; empty where the system does not tell. */
export function readMachinePorts(): number[] {
  const everywhere = readListeners().filter(({ address }) => /^0+$/.test(address))
  const ports = [...new Set(everywhere.map(({ port }) => port))].sort((a, b) => a - b)
  lastLook = { atMs: performance.now(), ports }
  return ports
}

/** The same as it was a second ago at most: all clusters of a process look, and one look serves them all. */
export function recentMachinePorts(): number[] {
  if (lastLook && performance.now() - lastLook.atMs < recentMs) return lastLook.ports
  return readMachinePorts()
}

/** Whether somebody listens on exactly this address. */
export function hasListener(ip: string, port: number): boolean {
  const bytes = ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase())
  const address = bytes.reverse().join('')
  return readListeners().some((listener) => listener.port === port && listener.address === address)
}

function readListeners(): { address: string; port: number }[] {
  return ['', '6'].flatMap((family) => {
    try {
      const [, inUse = ''] = /^TCP6?: inuse (\d+)/m.exec(readFileSync(`/proc/net/sockstat${family}`, 'utf8')) ?? []
      return parseListeners(readListening(`/proc/net/tcp${family}`, Number(inUse)))
    } catch {
      return []
    }
  })
}

// The kernel makes no more of its table than is asked for: lines of about this length, many while many sockets are left.
const lineBytes = 150
const manyLines = 27

/** The table up to the first socket that does not listen, or to its last: looking for more costs milliseconds. */
function readListening(file: string, sockets: number): string {
  const descriptor = openSync(file, 'r')
  try {
    const chunk = Buffer.alloc(manyLines * lineBytes)
    let table = ''
    let lineStart = 0
    for (let seen = 0; seen < sockets; ) {
      const lines = sockets - seen > manyLines ? manyLines : 1
      const count = readSync(descriptor, chunk, 0, lines * lineBytes, null)
      if (count === 0) break
      table += chunk.toString('latin1', 0, count)
      for (let end = table.indexOf('\n', lineStart); end >= 0; end = table.indexOf('\n', lineStart)) {
        const [position = '', , , state] = table.slice(lineStart, end).trim().split(/\s+/)
        lineStart = end + 1
        if (!position.endsWith(':')) continue // The heading.
        if (state !== listening) return table
        seen += 1
      }
    }
    return table
  } finally {
    closeSync(descriptor)
  }
}

/** Reads the kernel's table: hexadecimal addresses in the machine's byte order, one socket a line. */
export function parseListeners(table: string): { address: string; port: number }[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [address, port] = local.split(':')
    return state === listening && address && port ? [{ address, port: Number.parseInt(port, 16) }] : []
  })
}
