// Thirty students who start at the same moment, on a lab that has sandboxes ready for them, then type while all are busy.
import { setTimeout as delay } from 'node:timers/promises'
import type { Attempt } from '../src/contract/attempts.ts'
import { type LabProcess, startLabProcess } from './lab-process.ts'
import { memoryMb, processesOf } from './memory.ts'
import type { Print } from './print.ts'
import { describeSamples } from './statistics.ts'
import { openTerminal, type TerminalSocket } from './terminal-socket.ts'
import { echoTimes } from './terminals.ts'
import { untilPoolHolds } from './warm-pool.ts'

const students = 30

async function startStudent(lab: LabProcess): Promise<{ id: string; brokenMs: number; promptMs: number }> {
  const begun = performance.now()
  const { id } = await lab.ask<Attempt>('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })
  for (;;) {
    const { state, problem } = await lab.ask<Attempt>('GET', `/attempts/${id}`)
    if (state === 'broken') break
    if (state === 'failed') throw new Error(`attempt failed: ${problem}`)
    await delay(20)
  }
  const brokenMs = performance.now() - begun
  const terminal = await openTerminal(lab, id)
  const promptMs = performance.now() - begun
  terminal.close()
  return { id, brokenMs, promptMs }
}

/** A student at work: kubectl every other second. */
function work(terminal: TerminalSocket): () => void {
  const timer = setInterval(() => terminal.type('kubectl get pods\n'), 2_000)
  return () => clearInterval(timer)
}

/** Prints how long a class waits from the click to a broken cluster and to a prompt, its memory, and its echo. */
export async function benchClass(print: Print): Promise<void> {
  const lab = await startLabProcess({ LAB_WARM_POOL: String(students) })
  try {
    const begun = performance.now()
    await untilPoolHolds(lab, students)
    print(`pool of ${students} healthy sandboxes filled`, `${((performance.now() - begun) / 1000).toFixed(0)} s`)
    const started = await Promise.all(Array.from({ length: students }, () => startStudent(lab)))
    const figures = (pick: (student: (typeof started)[number]) => number) => describeSamples(started.map(pick), 'ms')
    print(
      `${students} students at once: click to broken`,
      figures(({ brokenMs }) => brokenMs),
    )
    print(
      `${students} students at once: click to prompt`,
      figures(({ promptMs }) => promptMs),
    )
    const containers = processesOf(lab.dataDir)
    print(
      'memory of the lab and its sandboxes',
      `${memoryMb(containers).toFixed(0)} MB in ${containers.length} processes`,
    )

    const terminals = await Promise.all(started.map(({ id }) => openTerminal(lab, id)))
    const [first, ...others] = terminals
    const ends = others.map(work)
    await delay(4_000)
    if (first) print(`key to echo, ${others.length} terminals busy`, describeSamples(await echoTimes(first, 100), 'ms'))
    for (const end of ends) end()
    for (const terminal of terminals) terminal.close()
  } finally {
    print(`lab with ${students} attempts stopped, everything gone`, `${(await lab.stop()).toFixed(0)} ms`)
  }
}
