// Every scenario on a real embedded cluster: it breaks the application, and its solution repairs it, twice. The
// whole proof, with every alternative and every wrong fix, is `npm run lab -- verify`.
import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadScenarios } from '../../src/lab/scenarios/load-scenarios.ts'
import { type VerifyResult, verify } from '../../src/lab/verify.ts'
import { type EmbeddedSandboxes, startEmbeddedSandboxes } from '../../src/sandboxes/embedded-sandboxes.ts'

const { catalogue } = loadScenarios()
/** `LAB_TEST_SCENARIOS=all` proves everything; otherwise one step of each. */
const isFull = process.env.LAB_TEST_SCENARIOS === 'all'
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
  provider = await startEmbeddedSandboxes({ dataDir, network: 'auto', onLog: () => {} })
  if (!hasKubectl) return
  await verify({
    provider,
    catalogue,
    parallel: availableParallelism() + 2,
    warmPool: 1,
    holdSeconds: 2,
    onResult: (result) => results.push(result),
    ...(isFull ? {} : { only: 'the solution', firstVariant: true }),
  })
}, 3_600_000)
afterAll(async () => {
  await provider.stop()
  await rm(dataDir, { recursive: true, force: true })
})

describe.skipIf(!hasKubectl)('the scenario', () => {
  it.each([...catalogue.keys()])('%s is broken by its faults and solved by its solution, twice', (id) => {
    const own = results.filter((result) => result.scenarioId === id)
    expect(own.filter((result) => !result.ok)).toEqual([])
    expect(own.length).toBeGreaterThan(0)
  })

  it('leaves no cluster behind', async () => {
    expect(await provider.list()).toEqual([])
  })
})
