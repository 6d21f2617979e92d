// What must be the same after a restart so that kubeconfigs and Service addresses stay true.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ClusterState {
  port?: number
  /** Which of the machine's loopback ranges the cluster uses, at the portable level. */
  networkIndex?: number
  /** Where the ingress controller answers this machine. */
  ingressPorts?: { http: number; https: number }
}

const pathOf = (dataDir: string) => join(dataDir, 'cluster.json')

/** What an earlier run left in the folder; empty for a new one. */
export function readClusterState(dataDir: string): ClusterState {
  try {
    return JSON.parse(readFileSync(pathOf(dataDir), 'utf8')) as ClusterState
  } catch {
    return {}
  }
}

/** Keeps the state for the next run. */
export function writeClusterState(dataDir: string, state: ClusterState): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  writeFileSync(`${pathOf(dataDir)}.new`, `${JSON.stringify(state)}\n`)
  renameSync(`${pathOf(dataDir)}.new`, pathOf(dataDir))
}
