// What real kubectl shows of a cluster, command by command: the transcripts in `checks/`, each in a namespace of its own.
// UPDATE_TRANSCRIPTS=1 writes what was printed into them instead, to be reviewed line by line.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubectlNear } from './kubectls.ts'
import { startTestCluster, type TestCluster } from './test-cluster.ts'
import { checkStep } from './transcript/check-step.ts'
import { parseTranscript } from './transcript/parse-transcript.ts'
import type { Workplace } from './transcript/run-command.ts'
import { recordStep, withOutputs } from './transcript/update-transcript.ts'

const folder = new URL('checks/', import.meta.url).pathname
const isUpdating = Boolean(process.env.UPDATE_TRANSCRIPTS)

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({ nodes: 2 })
})
afterAll(async () => {
  expect(cluster.unexpected).toEqual([])
  await cluster.stop()
})

describe.each(readdirSync(folder).filter((name) => name.endsWith('.txt')))('%s', (file) => {
  const text = readFileSync(join(folder, file), 'utf8')
  const steps = parseTranscript(text)
  const topic = file.replace('.txt', '')
  let workplace: Workplace
  beforeAll(async () => {
    workplace = await cluster.workplace(kubectlNear(36), topic)
  })

  it.skipIf(isUpdating).each(steps.map((step) => [`${step.line}: ${step.command.split('\n')[0]}`, step] as const))(
    '%s',
    (_, step) => checkStep(workplace, step),
  )

  it.runIf(isUpdating)('is written anew', { timeout: 600_000 }, async () => {
    const outputs: string[] = []
    for (const step of steps) outputs.push(await recordStep(workplace, step))
    writeFileSync(join(folder, file), withOutputs(text, steps, outputs))
  })
})
