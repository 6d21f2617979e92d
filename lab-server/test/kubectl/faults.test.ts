// Breaks TaskMaster as it was broken on a real cluster and counts the lines of all answers that are equal. The floors are
// what was reached: they may only rise. Skipped where the recordings are absent.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kubectlNear } from './kubectls.ts'
import { startTestCluster } from './test-cluster.ts'
import { referenceFolder } from './transcript/reference.ts'
import { parseFault, type Replayed, replayFault, shareOf } from './transcript/replay-fault.ts'

/** Each fault, and the percentage of lines that must be equal. */
const floors: Record<string, number> = {
  healthy: 0,
  'command-not-found': 0,
  'configmap-missing': 0,
  'cpu-request-too-big': 0,
  'crashloop-bad-args': 0,
  'init-volume-configmap-missing': 0,
  'liveness-wrong-port': 0,
  'memory-limit-too-low': 0,
  'node-selector-mismatch': 0,
  'pvc-missing': 0,
  'quota-too-tight': 0,
  'readiness-wrong-path': 0,
  'secret-wrong-key': 0,
  'service-wrong-selector': 0,
  'target-port-wrong': 0,
  'wrong-db-host': 0,
}

/** How much faster than life the clusters live. */
const speed = 3
const only = process.env.FAULT

const report = (replayed: Replayed[]) =>
  replayed
    .filter(({ differences }) => differences.length > 0)
    .map(({ question, differences }) => `$ ${question}\n${differences.slice(0, 30).join('\n')}`)
    .join('\n')

describe.skipIf(!existsSync(referenceFolder))('a fault of TaskMaster', () => {
  for (const [name, floor] of Object.entries(floors).filter(([key]) => !only || key.includes(only))) {
    it.concurrent(`${name} looks as on a real cluster`, { timeout: 240_000 }, async () => {
      const cluster = await startTestCluster({ speed })
      try {
        const workplace = await cluster.workplace(kubectlNear(36), 'default')
        const fault = parseFault(readFileSync(join(referenceFolder, `${name}.txt`), 'utf8'))
        const manifest = join(referenceFolder, 'taskmaster.yaml')
        const replayed = await replayFault(workplace, fault, { manifest, speed })
        process.stdout.write(
          `${name}: ${shareOf(replayed).toFixed(1)} % of lines equal\n${only ? `${report(replayed)}\n` : ''}`,
        )
        expect(cluster.unexpected).toEqual([])
        expect(shareOf(replayed)).toBeGreaterThanOrEqual(floor)
      } finally {
        await cluster.stop()
      }
    })
  }
})
