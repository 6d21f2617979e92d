// What the host says about a container's processes: who they are, how much memory and time they use.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'

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

/** The leader of a group and all that it started, the leader first. */
export async function listProcesses(leader: number): Promise<HostProcess[]> {
  if (process.platform !== 'linux') return (await listWithPs(leader)).map(({ process: one }) => one)
  const found: HostProcess[] = []
  const queue = [leader]
  while (queue.length > 0 && found.length < 4096) {
    const pid = queue.shift() ?? 0
    const one = await readProcess(pid)
    if (!one) continue
    found.push(one)
    const children = await readText(`/proc/${pid}/task/${pid}/children`)
    queue.push(...children.split(' ').filter(Boolean).map(Number))
  }
  return found
}

/** Memory and CPU time of a container. Shared pages count once: they are divided among those who share them. */
export async function readUsage(leader: number): Promise<GroupUsage> {
  if (process.platform !== 'linux') {
    const listed = await listWithPs(leader)
    return {
      memoryBytes: listed.reduce((sum, one) => sum + one.memoryBytes, 0),
      cpuNanoseconds: listed.reduce((sum, one) => sum + one.process.cpuNanoseconds, 0),
    }
  }
  const processes = await listProcesses(leader)
  const memory = await Promise.all(processes.map(({ pid }) => readProportionalMemory(pid)))
  return {
    memoryBytes: memory.reduce((sum, bytes) => sum + bytes, 0),
    cpuNanoseconds: processes.reduce((sum, one) => sum + one.cpuNanoseconds, 0),
  }
}

/** Memory of a group with shared pages counted in full. */
export async function readResident(leader: number): Promise<number> {
  if (process.platform !== 'linux') return (await readUsage(leader)).memoryBytes
  const processes = await listProcesses(leader)
  const pages = await Promise.all(
    processes.map(async ({ pid }) => Number((await readText(`/proc/${pid}/statm`)).split(' ')[1] ?? 0)),
  )
  return pages.reduce((sum, count) => sum + count * 4096, 0)
}

/** CPU time that a group has spent. */
export async function readCpu(leader: number): Promise<number> {
  if (process.platform !== 'linux') return (await readUsage(leader)).cpuNanoseconds
  return (await listProcesses(leader)).reduce((sum, one) => sum + one.cpuNanoseconds, 0)
}

async function readProcess(pid: number): Promise<HostProcess | undefined> {
  const stat = await readText(`/proc/${pid}/stat`)
  if (stat === '') return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  const commandLine = (await readText(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim()
  const ticks = Number(fields[11]) + Number(fields[12])
  return {
    pid,
    parent: Number(fields[1]),
    command: commandLine || `[${name}]`,
    cpuNanoseconds: (ticks * 1e9) / ticksPerSecond,
  }
}

async function readProportionalMemory(pid: number): Promise<number> {
  const rollup = await readText(`/proc/${pid}/smaps_rollup`)
  const pss = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]
  if (pss) return Number(pss) * 1024
  const resident = (await readText(`/proc/${pid}/statm`)).split(' ')[1]
  return Number(resident ?? 0) * 4096
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
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
