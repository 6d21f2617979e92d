// What the lab's process and the process with the embedded clusters say to each other: HTTP with JSON
// over a Unix socket that only the lab's user may open.
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `PUT /clusters/:id` answers this, also for one that exists; `GET /clusters` an array of them. */
export interface HostedCluster {
  id: string
  kubeconfig: string
  url: string
  ingressUrl: string
  networkLevel: string
  /** When its clock began to run faster than life, in ms since 1970. */
  startedAtMs: number
}

/** `GET /network` answers this: the level of all clusters, and why it is not higher. */
export interface HostedNetwork {
  level: 'portable' | 'isolated'
  reason?: string
}

/** Where the host of a data folder listens: in the folder, or in the temporary one when that path is too long for a socket. */
export function hostSocketPath(dataDir: string): string {
  const path = join(dataDir, 'clusters.sock')
  if (path.length < 100) return path
  return join(tmpdir(), `taskmaster-lab-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}.sock`)
}

/** How long clusters outlive the lab's process, so that a restart finds them. */
export const idleExitMs = 10 * 60_000
