// Breaks TaskMaster as it was broken on a real cluster and counts the lines of all answers that are equal. The floors are
// a few points below what was reached on a quiet machine, for the probes that time out on a busy one. Skipped where the recordings are absent.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kubectlNear } from './kubectls.ts'
import { startTestCluster } from './test-cluster.ts'
import { makePacedClock } from './transcript/paced-clock.ts'
import { recordedWithout, setUpAsRecorded } from './transcript/recorded-setup.ts'
import { referenceFolder } from './transcript/reference.ts'
import { parseFault, type Replayed, replayFault, shareOf } from './transcript/replay-fault.ts'

/** Each fault, and the percentage of lines that must be equal. */
const floors: Record<string, number> = {
  healthy: 97,
  'command-not-found': 97,
  'configmap-missing': 97,
  'cpu-request-too-big': 97,
  'crashloop-bad-args': 96,
  'init-volume-configmap-missing': 97,
  'liveness-wrong-port': 97,
  'memory-limit-too-low': 97,
  'node-selector-mismatch': 97,
  'pvc-missing': 97,
  'quota-too-tight': 97,
  'readiness-wrong-path': 97,
  'secret-wrong-key': 97,
  'service-wrong-selector': 97,
  'target-port-wrong': 97,
  'wrong-db-host': 97,
}

const only = process.env.FAULT

const report = (replayed: Replayed[]) =>
  replayed
    .filter(({ differences }) => differences.length > 0)
    .map(({ question, differences }) => `$ ${question}\n${differences.slice(0, 30).join('\n')}`)
    .join('\n')

describe.skipIf(!existsSync(referenceFolder))('a fault of TaskMaster', () => {
  for (const [name, floor] of Object.entries(floors).filter(([key]) => !only || key.includes(only))) {
    it.concurrent(`${name} looks as on a real cluster`, { timeout: 1_200_000 }, async () => {
      const clock = makePacedClock(Date.now())
      const cluster = await startTestCluster({ clock, without: recordedWithout })
      try {
        const workplace = await cluster.workplace(kubectlNear(36), 'default')
        await setUpAsRecorded(workplace, { hasVolume: true })
        const fault = parseFault(readFileSync(join(referenceFolder, `${name}.txt`), 'utf8'))
        const manifest = join(referenceFolder, 'taskmaster.yaml')
        const replayed = await replayFault(workplace, fault, { manifest, clock })
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
