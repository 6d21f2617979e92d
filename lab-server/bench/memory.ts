// Memory of process trees, as the kernel shares it out (proportional set size). Linux only.
import { readdirSync, readFileSync } from 'node:fs'

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])
}

/** Every process with `text` in its command line or environment-independent arguments, and all their descendants. */
export function processesOf(text: string): number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const children = new Map<number, number[]>()
  const roots: number[] = []
  for (const pid of pids) {
    try {
      const parent = parentOf(pid)
      children.set(parent, [...(children.get(parent) ?? []), pid])
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)) roots.push(pid)
    } catch {
      // Ended meanwhile.
    }
  }
  const found = new Set<number>()
  const visit = (pid: number) => {
    if (found.has(pid)) return
    found.add(pid)
    for (const child of children.get(pid) ?? []) visit(child)
  }
  for (const pid of roots) if (pid !== process.pid) visit(pid)
  return [...found]
}

/** Proportional set size of the processes together, in MB. */
export function memoryMb(pids: number[]): number {
  let kilobytes = 0
  for (const pid of pids) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // Ended meanwhile.
    }
  }
  return kilobytes / 1024
}
