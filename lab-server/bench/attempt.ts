// One attempt from request to report, by REST and kubectl alone.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Attempt } from '../src/contract/attempts.ts'
import type { LabProcess } from './lab-process.ts'
import { memoryMb, processesOf } from './memory.ts'
import type { Print } from './print.ts'
import { untilPoolHolds } from './warm-pool.ts'

const run = promisify(execFile)

/** Looks until the attempt is as wanted; says what it is instead after two minutes. */
async function until(lab: LabProcess, id: string, isWanted: (attempt: Attempt) => boolean): Promise<Attempt> {
  const deadline = performance.now() + 120_000
  for (;;) {
    const attempt = await lab.ask<Attempt>('GET', `/attempts/${id}`)
    if (isWanted(attempt)) return attempt
    if (attempt.state === 'failed') throw new Error(`attempt failed: ${attempt.problem}`)
    if (performance.now() > deadline) throw new Error(`the attempt got no further: ${JSON.stringify(attempt)}`)
    await delay(10)
  }
}

async function startAttempt(lab: LabProcess): Promise<{ attempt: Attempt; ms: number }> {
  const begun = performance.now()
  const { id } = await lab.ask<Attempt>('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })
  return { attempt: await until(lab, id, ({ state }) => state === 'broken'), ms: performance.now() - begun }
}

/** Prints preparation, repair and memory figures; answers with an attempt that is broken, for whoever needs one. */
export async function benchAttempt(lab: LabProcess, print: Print): Promise<string> {
  const cold = await startAttempt(lab)
  for (const stage of cold.attempt.stages) {
    if (stage.startedAt && stage.endedAt)
      print(`  stage: ${stage.title}`, `${Date.parse(stage.endedAt) - Date.parse(stage.startedAt)} ms`)
  }
  print('attempt requested to broken, first', `${cold.ms.toFixed(0)} ms`)
  await untilPoolHolds(lab, 1)
  const warm = await startAttempt(lab)
  print('attempt requested to broken, warm pool', `${warm.ms.toFixed(0)} ms`)

  const { id } = cold.attempt
  const kubeconfig = join(lab.dataDir, 'bench.kubeconfig')
  await writeFile(kubeconfig, await lab.ask<string>('GET', `/attempts/${id}/kubeconfig`), { mode: 0o600 })
  await untilPoolHolds(lab, 1)
  await run('kubectl', ['--kubeconfig', kubeconfig, 'set', 'selector', 'service', 'backend-svc', 'app=backend'])
  const repaired = Date.now()
  const held = await until(lab, id, ({ holding, state }) => holding !== null || state === 'solved')
  print(
    'repair to all checks green',
    `${Math.max(0, Date.parse(held.holding?.since ?? held.solvedAt ?? '') - repaired)} ms`,
  )
  const solved = await until(lab, id, ({ state }) => state === 'solved')
  const windowMs = (held.holding?.seconds ?? 0) * 1000
  print('repair to solved, beyond the hold window', `${Date.parse(solved.solvedAt ?? '') - repaired - windowMs} ms`)

  const containers = processesOf(join(lab.dataDir, 'clusters'))
  print(
    'memory of all cluster processes (3 sandboxes)',
    `${memoryMb(containers).toFixed(0)} MB in ${containers.length} processes`,
  )
  await lab.ask('DELETE', `/attempts/${id}`)
  return warm.attempt.id
}
