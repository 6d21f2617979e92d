// Whether the machine runs short. Thresholds are far below upstream's shares: a laptop's full disk is no lesson, a
// machine about to stop working is a fact.
import { statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import type { NodePressure } from './node-object.ts'

const leastMemoryBytes = 100 * 2 ** 20
const leastDiskBytes = 100 * 2 ** 20

/** What the machine that holds `dataDir` runs short of. */
export function machinePressure(dataDir: string): NodePressure {
  const { bavail, bsize } = statfsSync(dataDir)
  // Elsewhere free memory says nothing of what the system could make free.
  const isShort = process.platform === 'linux' && freemem() < leastMemoryBytes
  return { memory: isShort, disk: bavail * bsize < leastDiskBytes }
}
