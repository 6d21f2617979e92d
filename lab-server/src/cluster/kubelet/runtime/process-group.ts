// What the host says about a container's processes: who they are, how much memory and time they use.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** One process of the host. */
export interface HostProcess {
  pid: number
  parent: number
  command: string
  cpuNanoseconds: number
}

export interface GroupUsage {
  memoryBytes: number
  cpuNanoseconds: number
}

const ticksPerSecond = 100

/** Signals every process of a group; false when there is none any more. */
export function signalGroup(pgid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pgid, signal)
    return true
  } catch {
    return false
  }
}

/** Kills a group, and descendants that made groups of their own, as PostgreSQL's workers do. */
export function killTree(leader: number): void {
  const found = descendants(leader)
  signalGroup(leader, 'SIGKILL')
  for (const pid of found) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended with its leader.
    }
  }
}

function descendants(leader: number): number[] {
  const found: number[] = []
  const queue = [leader]
  for (let pid = queue.shift(); pid !== undefined && found.length < 4096; pid = queue.shift()) {
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
      found.push(...children)
      queue.push(...children)
    } catch {
      // Gone, or a system without /proc: the group has to do.
    }
  }
  return found
}

/** The leader of a group and all that it started, the leader first. */
export async function listProcesses(leader: number): Promise<HostProcess[]> {
  if (process.platform !== 'linux') return (await listWithPs(leader)).map(({ process: one }) => one)
  const found: HostProcess[] = []
  const queue = [leader]
  while (queue.length > 0 && found.length < 4096) {
    const pid = queue.shift() ?? 0
    const one = readProcess(pid)
    if (!one) continue
    found.push(one)
    const children = readText(`/proc/${pid}/task/${pid}/children`)
    queue.push(...children.split(' ').filter(Boolean).map(Number))
  }
  return found
}

/**
 * Memory and CPU time of a container. Pages that its processes share count once, but pages that other containers map,
 * too, count in full: the number must not depend on who else runs on the machine.
 */
export async function readUsage(leader: number): Promise<GroupUsage> {
  if (process.platform !== 'linux') {
    const listed = await listWithPs(leader)
    return {
      memoryBytes: listed.reduce((sum, one) => sum + one.memoryBytes, 0),
      cpuNanoseconds: listed.reduce((sum, one) => sum + one.process.cpuNanoseconds, 0),
    }
  }
  const processes = await listProcesses(leader)
  const memory = processes.map(({ pid }) => readResident(pid))
  const own = memory.reduce((sum, one) => sum + one.own, 0)
  const file = Math.max(0, ...memory.map((one) => one.file))
  const shared = Math.max(0, ...memory.map((one) => one.shared))
  return {
    memoryBytes: (own + file + shared) * 1024,
    cpuNanoseconds: processes.reduce((sum, one) => sum + one.cpuNanoseconds, 0),
  }
}

/** CPU time that a group has spent. */
export async function readCpu(leader: number): Promise<number> {
  if (process.platform !== 'linux') return (await readUsage(leader)).cpuNanoseconds
  return (await listProcesses(leader)).reduce((sum, one) => sum + one.cpuNanoseconds, 0)
}

function readProcess(pid: number): HostProcess | undefined {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat === '') return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  const commandLine = readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
  const ticks = Number(fields[11]) + Number(fields[12])
  return {
    pid,
    parent: Number(fields[1]),
    command: commandLine || `[${name}]`,
    cpuNanoseconds: (ticks * 1e9) / ticksPerSecond,
  }
}

/** Kilobytes of one process by kind: its own, of files it maps, and shared with its siblings. */
function readResident(pid: number): { own: number; file: number; shared: number } {
  const status = readText(`/proc/${pid}/status`)
  const value = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
  return { own: value('RssAnon'), file: value('RssFile'), shared: value('RssShmem') }
}

// At once: the kernel answers in microseconds, and a promise for it costs ten times as much.
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function listWithPs(leader: number): Promise<{ process: HostProcess; memoryBytes: number }[]> {
  return new Promise((resolve) => {
    execFile('ps', ['-A', '-o', 'pid=,ppid=,pgid=,rss=,time=,command='], (_error, output) => {
      resolve(parsePs(output ?? '', leader))
    })
  })
}

/** Reads the portable `ps` listing and keeps one group, its leader first. */
export function parsePs(output: string, pgid: number): { process: HostProcess; memoryBytes: number }[] {
  const rows = output.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+([\d:.-]+)\s+(.*)$/.exec(line)
    if (!match || Number(match[3]) !== pgid) return []
    const seconds = (match[5] ?? '0').split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0)
    const one = {
      pid: Number(match[1]),
      parent: Number(match[2]),
      command: match[6] ?? '',
      cpuNanoseconds: seconds * 1e9,
    }
    return [{ process: one, memoryBytes: Number(match[4]) * 1024 }]
  })
  return rows.sort((a, b) => Number(b.process.pid === pgid) - Number(a.process.pid === pgid))
}
