// What real kubectl shows of a cluster, command by command: the transcripts in `checks/`, each in a namespace of its own.
// They run on the embedded cluster, on that of TEST_KUBECONFIG, or with CONFORMANCE_REPORT on both. TOPIC=<part of a
// name> runs some. UPDATE_TRANSCRIPTS=1 writes what was printed into them instead, to be reviewed line by line.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import './report/verdict-meta.ts'
import { kubectlNear } from './kubectls.ts'
import { places } from './places.ts'
import { startTopics, type Topic } from './run-topics.ts'
import { startTestCluster } from './test-cluster.ts'
import { expectAsWritten } from './transcript/check-step.ts'
import { parseTranscript } from './transcript/parse-transcript.ts'
import { recordStep, withOutputs } from './transcript/update-transcript.ts'

const folder = new URL('checks/', import.meta.url).pathname
const only = process.env.TOPIC ?? ''

const topics: Topic[] = readdirSync(folder)
  .filter((file) => file.endsWith('.txt') && only.split(',').some((part) => file.includes(part)))
  .map((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    return { name: file.replace('.txt', ''), path: join(folder, file), text, steps: parseTranscript(text) }
  })

describe.skipIf(process.env.UPDATE_TRANSCRIPTS).each(places)('$name', (place) => {
  let running: ReturnType<typeof startTopics>
  beforeAll(() => {
    running = startTopics(topics, place)
  })
  afterAll(async () => expect((await running.stop()).unexpected).toEqual([]))

  describe.each(topics)('$name', (topic) => {
    const steps = topic.steps.map(
      (step, index) => [`${step.line}: ${step.command.split('\n')[0]}`, step, index] as const,
    )
    it.for(steps)('%s', { timeout: 300_000 }, async ([, step, index], { task }) => {
      const verdict = await running.verdict(topic, index, (task.result?.retryCount ?? 0) > 0)
      if (!verdict) throw new Error('The topic was not started.')
      task.meta.verdict = verdict
      expectAsWritten(verdict, step)
    })
  })
})

describe.runIf(process.env.UPDATE_TRANSCRIPTS)('the transcripts', () => {
  it.each(topics)('$name is written anew', { timeout: 600_000 }, async ({ name, path, text, steps }) => {
    const cluster = await startTestCluster({ nodes: 2 })
    try {
      const workplace = await cluster.workplace(kubectlNear(36), name)
      const outputs: string[] = []
      for (const step of steps) outputs.push(await recordStep(workplace, step))
      writeFileSync(path, withOutputs(text, steps, outputs))
    } finally {
      await cluster.stop()
    }
  })
})
