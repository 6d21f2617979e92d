import { expect, it } from 'vitest'
import { newAttemptRecord } from './attempt-record.ts'
import { makeMemoryStore } from './attempt-store.ts'
import { makeRunningAttempts } from './running-attempts.ts'
import type { SandboxProvider } from './sandbox.ts'
import { loadScenarios } from './scenarios/load-scenarios.ts'
import { newStages } from './stages.ts'

it('a reset that lost its cluster is a first preparation from then on, also for the next restart', async () => {
  const [scenario] = loadScenarios().catalogue.values()
  if (!scenario) throw new Error('there is no scenario')
  const store = makeMemoryStore()
  const record = newAttemptRecord(scenario, { owner: 'ann', stages: newStages(), now: new Date() })
  const brokenObjects = { 'Service/a': { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } } }
  await store.save({ ...record, sandboxId: 'sandbox-lost', brokenObjects })
  const creating = Promise.withResolvers<void>()
  const provider: SandboxProvider = {
    kind: 'embedded',
    // Never ready: the next restart comes first.
    create: () => {
      creating.resolve()
      return new Promise(() => {})
    },
    find: async () => undefined,
    remove: async () => {},
    list: async () => [],
  }
  const attempts = makeRunningAttempts({
    provider,
    store,
    scenarioOf: () => scenario,
    takeWarm: () => undefined,
    appUrlOf: (id) => `http://${id}.app.localhost/`,
    onProblem: (error) => {
      throw error
    },
    now: () => new Date(),
  })
  await attempts.takeUpAll()
  await creating.promise
  const kept = await store.find(record.id)
  expect(kept).toMatchObject({ state: 'preparing', baseline: null })
  expect(kept?.brokenObjects).toEqual({})
})
