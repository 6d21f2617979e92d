// Replays what was recorded from a real cluster and counts the lines that are equal. The floors are what was reached:
// they may only rise. Skipped where the recordings are absent.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kubectlNear } from './kubectls.ts'
import { startTestCluster } from './test-cluster.ts'
import { makePacedClock } from './transcript/paced-clock.ts'
import { recordedWithout, setUpAsRecorded } from './transcript/recorded-setup.ts'
import { referenceFolder } from './transcript/reference.ts'
import { type ReplayedStep, replayRecording } from './transcript/replay-recording.ts'

interface Recording {
  name: string
  /** The minor version of the kubectl that made it. */
  minor: number
  namespace: string
  /** The share of lines that must be equal. */
  floor: number
  /** The second of the minute at which it began, where that decides what happens. */
  startsAtSecond?: number
}

const recordings: Recording[] = [
  { name: 'behaviour', minor: 36, namespace: 'default', floor: 94 },
  { name: 'kinds/api', minor: 32, namespace: 'ref', floor: 95 },
  { name: 'kinds/jobs', minor: 32, namespace: 'ref', floor: 97, startsAtSecond: 4 },
  { name: 'kinds/pods', minor: 32, namespace: 'ref', floor: 94 },
  { name: 'kinds/policy-admission', minor: 32, namespace: 'ref', floor: 97 },
  { name: 'kinds/scheduling-disruption', minor: 32, namespace: 'ref', floor: 97 },
  { name: 'kinds/statefulset-daemonset', minor: 32, namespace: 'ref', floor: 97 },
]

/** kubectl tells ages by its own clock. Ours may fall behind it; what lies ahead in a recording must not lie behind then. */
const aheadMs = 20 * 60_000
const only = process.env.RECORDING

/** Percent of lines that are equal, over all commands. */
function share(steps: ReplayedStep[]): number {
  const total = steps.reduce((sum, { likeness }) => ({ same: sum.same + likeness.same, of: sum.of + likeness.of }), {
    same: 0,
    of: 0,
  })
  return (100 * total.same) / total.of
}

function report(steps: ReplayedStep[]): string {
  return steps
    .filter(({ differences }) => differences.length > 0)
    .map(({ step, differences }) => `$ ${step.command.split('\n')[0]}\n${differences.slice(0, 40).join('\n')}`)
    .join('\n')
}

describe.skipIf(!existsSync(referenceFolder))('a recording of a real cluster', () => {
  for (const { name, minor, namespace, floor, startsAtSecond } of recordings.filter(
    (entry) => !only || entry.name.includes(only),
  )) {
    it.concurrent(`${name} is answered alike`, { timeout: 1_200_000 }, async () => {
      const clock = makePacedClock(Date.now() + aheadMs)
      const cluster = await startTestCluster({ clock, without: recordedWithout })
      try {
        const workplace = await cluster.workplace(kubectlNear(minor), namespace)
        await setUpAsRecorded(workplace, { hasVolume: name === 'behaviour' })
        const text = readFileSync(join(referenceFolder, `${name}.txt`), 'utf8')
        const steps = await replayRecording(workplace, text, { clock, startsAtSecond })
        const reached = share(steps)
        const whole = steps.filter(({ differences }) => differences.length === 0).length
        process.stdout.write(
          `${name}: ${reached.toFixed(1)} % of lines, ${whole} of ${steps.length} commands equal\n${process.env.RECORDING ? report(steps) : ''}\n`,
        )
        expect(cluster.unexpected).toEqual([])
        expect(reached).toBeGreaterThanOrEqual(floor)
      } finally {
        await cluster.stop()
      }
    })
  }
})
