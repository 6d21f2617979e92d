// Every scenario on real embedded clusters. The share that fits into a CI run: it breaks the application, doing nothing
// earns nothing, its solution repairs it, and does so again after a reset. `LAB_TEST_SCENARIOS=all` runs the whole
// proof, every alternative, wrong fix and standing proof, and the mutation of the grading; so does `lab verify`.
import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyRow } from '../../src/commands/verify-table.ts'
import { loadScenarios } from '../../src/lab/scenarios/load-scenarios.ts'
import { mutantsOf } from '../../src/lab/verify/mutate.ts'
import { startProver, type VerifyResult } from '../../src/lab/verify/verify.ts'
import { type EmbeddedSandboxes, startEmbeddedSandboxes } from '../../src/sandboxes/embedded-sandboxes.ts'

const { catalogue } = loadScenarios()
const isFull = process.env.LAB_TEST_SCENARIOS === 'all'
const share = ['doing nothing earns nothing', 'the solution solves it', 'the solution solves it after resets too']
const speed = 3
const hasKubectl = (() => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

let dataDir: string
let provider: EmbeddedSandboxes
const results: VerifyResult[] = []
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lab-scenarios-'))
  await chmod(dataDir, 0o711)
  provider = await startEmbeddedSandboxes({ dataDir, network: 'auto', speed, onLog: () => {} })
  if (!hasKubectl) return
  const prover = await startProver({
    provider,
    catalogue,
    speed,
    parallel: availableParallelism() + 1,
    warmPool: 1,
    holdSeconds: 2,
    firstVariant: !isFull,
    onResult(result) {
      results.push(result)
      // A statement that needed its second try is how the next failure begins.
      if (result.firstTry !== undefined || !result.ok) process.stdout.write(verifyRow(result))
    },
  })
  await prover.prove(catalogue, [...catalogue.keys()], (step) => isFull || share.includes(step))
  await prover.stop()
}, 3_600_000)
afterAll(async () => {
  await provider.stop()
  await rm(dataDir, { recursive: true, force: true })
})

describe.skipIf(!hasKubectl)('the scenario', () => {
  it.each([...catalogue.keys()])('%s is proved', (id) => {
    const own = results.filter((result) => result.scenarioId === id)
    expect(own.filter((result) => !result.ok)).toEqual([])
    expect(own.length).toBeGreaterThan(0)
  })

  it.skipIf(!isFull)('misses each of its conditions when it is switched off', () => {
    const witnesses = results.flatMap(({ evidence, ...result }) => (evidence ? [{ ...result, evidence }] : []))
    const survivors = mutantsOf([...catalogue.values()], witnesses).filter(({ killedBy }) => killedBy.length === 0)
    expect(survivors.map(({ name }) => name)).toEqual([])
  })

  it('leaves no cluster behind', async () => {
    expect(await provider.list()).toEqual([])
  })
})
