import { expect, it } from 'vitest'
import { type AttemptRecord, newAttemptRecord } from './attempt-record.ts'
import { makeMemoryStore } from './attempt-store.ts'
import { preparedAgain, resumeAttempts } from './resume-attempts.ts'
import type { Sandbox, SandboxProvider } from './sandbox.ts'
import { loadScenarios } from './scenarios/load-scenarios.ts'
import { newStages } from './stages.ts'

const [scenario] = loadScenarios().catalogue.values()
const now = () => new Date('2026-03-01T10:00:00Z')

function attemptWith(change: Partial<AttemptRecord>): AttemptRecord {
  if (!scenario) throw new Error('there is no scenario')
  return { ...newAttemptRecord(scenario, { owner: 'ann', stages: newStages(), now: now() }), ...change }
}

/** A lab's restart over these attempts; `sandboxes` survived it. */
async function restart(records: AttemptRecord[], { sandboxes = [] as string[], isKnown = true } = {}) {
  const store = makeMemoryStore()
  for (const record of records) {
    await store.save(record)
    for (const entry of record.timeline) await store.appendTimeline(record.id, entry)
  }
  const there = new Set(sandboxes)
  const removed: string[] = []
  const provider = {
    kind: 'embedded',
    create: () => Promise.reject(new Error('nobody asked for one')),
    find: async (id) => (there.has(id) ? ({ id } as Sandbox) : undefined),
    remove: async (id) => void removed.push(id),
    list: async () => [...there],
  } satisfies SandboxProvider
  const taken: string[] = []
  const again: [string, string | undefined][] = []
  await resumeAttempts({
    provider,
    store,
    now,
    onProblem: (error) => {
      throw error
    },
    async take(record) {
      if (isKnown) taken.push(record.id)
      return isKnown
    },
    async prepareAgain(record, sandbox) {
      if (!isKnown) return false
      again.push([record.id, sandbox?.id])
      // The next cluster is there before the strays are looked for.
      there.add('sandbox-next')
      record.sandboxId = 'sandbox-next'
      return true
    },
  })
  return { store, removed, taken, again }
}

it('prepares anew what was being prepared, without the half of a cluster that it had', async () => {
  const record = attemptWith({ sandboxId: 'sandbox-half' })
  const { again, removed } = await restart([record], { sandboxes: ['sandbox-half', 'sandbox-stray'] })
  expect(again).toEqual([[record.id, undefined]])
  // Its own is removed by the preparation, which may need the name.
  expect(removed).toEqual(['sandbox-stray'])
})

it('goes on with a reset in the same cluster', async () => {
  const broken = { 'Service/backend-svc': { apiVersion: 'v1', kind: 'Service', metadata: { name: 'backend-svc' } } }
  const record = attemptWith({ sandboxId: 'sandbox-own', brokenObjects: broken })
  expect((await restart([record], { sandboxes: ['sandbox-own'] })).again).toEqual([[record.id, 'sandbox-own']])
  expect((await restart([record])).again).toEqual([[record.id, undefined]])
})

it('gives up a preparation that was interrupted three times', async () => {
  const entry = { at: now().toISOString(), kind: 'stage', text: preparedAgain } as const
  const record = attemptWith({ sandboxId: 'sandbox-half', timeline: [entry, entry, entry] })
  const { again, store, removed } = await restart([record], { sandboxes: ['sandbox-half'] })
  expect(again).toEqual([])
  expect(removed).toEqual(['sandbox-half'])
  expect(await store.find(record.id)).toMatchObject({ state: 'failed', problem: expect.stringMatching('3 times') })
})

it('ends with a reason what has lost its cluster or its scenario', async () => {
  const lost = attemptWith({ state: 'broken', sandboxId: 'sandbox-lost' })
  const { store, taken } = await restart([lost])
  expect(taken).toEqual([])
  expect(await store.find(lost.id)).toMatchObject({ state: 'failed', problem: expect.stringMatching('survive') })
  const orphan = attemptWith({ sandboxId: null })
  const unknown = await restart([orphan], { isKnown: false })
  expect(await unknown.store.find(orphan.id)).toMatchObject({ problem: expect.stringMatching('no longer installed') })
})

it('keeps solved what was solved before its cluster was lost', async () => {
  const solved = attemptWith({ state: 'solved', sandboxId: 'sandbox-lost', solvedAt: now().toISOString() })
  const { store } = await restart([solved])
  expect(await store.find(solved.id)).toMatchObject({ state: 'solved', problem: null, kubeconfig: null })
})
