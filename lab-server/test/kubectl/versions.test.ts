// The daily commands with every kubectl of this machine, old and new, each in a namespace of its own.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubectlNear, kubectls } from './kubectls.ts'
import { startTestCluster, type TestCluster } from './test-cluster.ts'
import { askStep, expectAsWritten } from './transcript/check-step.ts'
import { parseTranscript } from './transcript/parse-transcript.ts'
import type { Workplace } from './transcript/run-command.ts'
import { recordStep, withOutputs } from './transcript/update-transcript.ts'

const path = new URL('versions/core.txt', import.meta.url).pathname
const text = readFileSync(path, 'utf8')
const steps = parseTranscript(text)
const isUpdating = Boolean(process.env.UPDATE_TRANSCRIPTS)

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({ nodes: 2 })
})
afterAll(async () => {
  expect(cluster.unexpected).toEqual([])
  await cluster.stop()
})

describe.skipIf(isUpdating).each(kubectls)('kubectl $name', (kubectl) => {
  let workplace: Workplace
  beforeAll(async () => {
    workplace = await cluster.workplace(kubectl, `core-${kubectl.minor}`)
  })

  it.each(steps.map((step) => [`${step.line}: ${step.command.split('\n')[0]}`, step] as const))('%s', async (_, step) =>
    expectAsWritten(await askStep(workplace, step, { ...cluster.traits, kubectl: kubectl.minor }), step),
  )
})

it.runIf(isUpdating)('the transcript is written anew', { timeout: 600_000 }, async () => {
  const workplace = await cluster.workplace(kubectlNear(36), 'core')
  const outputs: string[] = []
  for (const step of steps) outputs.push(await recordStep(workplace, step))
  writeFileSync(path, withOutputs(text, steps, outputs))
})
