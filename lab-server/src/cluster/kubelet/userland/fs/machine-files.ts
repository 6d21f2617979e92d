// What /proc tells of the machine as a whole. On Linux a container sees the node's own numbers, not those of its
// limits; so these are the machine's files where it has them, and the same made of what Node knows where not.
import { readFileSync } from 'node:fs'
import { availableParallelism, freemem, loadavg, release, totalmem, uptime } from 'node:os'

/** The text of one of them. */
export type MachineFile = 'cpuinfo' | 'loadavg' | 'meminfo' | 'stat' | 'uptime' | 'version'

const kilobytes = (bytes: number) => `${Math.round(bytes / 1024)} kB\n`

const madeUp: Record<MachineFile, () => string> = {
  cpuinfo: () =>
    Array.from(
      { length: availableParallelism() },
      (_, index) => `processor\t: ${index}\nvendor_id\t: GenuineIntel\nmodel name\t: Virtual CPU\n\n`,
    ).join(''),
  loadavg: () =>
    `${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')} 1/128 1\n`,
  meminfo: () =>
    `MemTotal:       ${kilobytes(totalmem())}MemFree:        ${kilobytes(freemem())}MemAvailable:   ${kilobytes(freemem())}Buffers:               0 kB\nCached:                0 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\nShmem:                 0 kB\nSReclaimable:          0 kB\n`,
  stat: () => 'cpu  0 0 0 0 0 0 0 0 0 0\n',
  uptime: () => `${uptime().toFixed(2)} ${uptime().toFixed(2)}\n`,
  version: () => `Linux version ${release()} #1 SMP\n`,
}

/** Reads one of the machine's files. */
export function machineFile(name: MachineFile): string {
  try {
    return readFileSync(`/proc/${name}`, 'utf8')
  } catch {
    return madeUp[name]()
  }
}

/** Reads how much memory the machine has of each kind, in kilobytes: the lines of /proc/meminfo. */
export function readMemory(): (kind: string) => number {
  const kinds = new Map([...machineFile('meminfo').matchAll(/^(\S+):\s+(\d+)/gm)].map(([, kind, size]) => [kind, size]))
  return (kind) => Number(kinds.get(kind) ?? 0)
}
