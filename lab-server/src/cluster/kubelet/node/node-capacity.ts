// What this machine offers, as node capacity. Read once per call: it is cheap and never changes while we run.
import { statfsSync } from 'node:fs'
import { arch, availableParallelism, release, totalmem } from 'node:os'

/** CPU in cores, memory and disk in bytes. */
export interface NodeCapacity {
  cpu: number
  memory: number
  ephemeralStorage: number
}

/** The machine's size; the disk is the one that holds `dataDir`. */
export function nodeCapacity(dataDir: string): NodeCapacity {
  const { blocks, bsize } = statfsSync(dataDir)
  return { cpu: availableParallelism(), memory: totalmem(), ephemeralStorage: blocks * bsize }
}

/** What containers may use of CPU and memory: everything. */
export function nodeAllocatable(): { cpu: number; memory: number } {
  return { cpu: availableParallelism(), memory: totalmem() }
}

/** Go's name of the machine's architecture, and its kernel. */
export function nodePlatform(): { architecture: string; kernelVersion: string } {
  const names: Record<string, string> = { x64: 'amd64', ia32: '386' }
  return { architecture: names[arch()] ?? arch(), kernelVersion: release() }
}
