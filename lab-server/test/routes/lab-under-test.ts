// A whole lab on a fake cluster, reached by injection: what the tests of routes start from.
import type { FastifyInstance } from 'fastify'
import { appUrlFor, buildApp } from '../../src/app.ts'
import type { Attempt } from '../../src/contract/attempts.ts'
import { type AttemptStore, makeMemoryStore } from '../../src/lab/attempt-store.ts'
import { type LabOptions, startLab } from '../../src/lab/attempts.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { loadScenarios } from '../../src/lab/scenarios/load-scenarios.ts'
import { makeMemorySessionStore } from '../../src/plugins/sessions.ts'
import type { ReadRecordings } from '../../src/routes/recordings.ts'
import { type FakeProvider, makeFakeProvider } from './fake/fake-cluster.ts'

export const token = 'instructor-token-for-tests'
export const asInstructor = { authorization: `Bearer ${token}` }

export interface LabUnderTest {
  app: FastifyInstance
  lab: Lab
  provider: FakeProvider
  store: AttemptStore
  problems: unknown[]
  call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    payload?: object,
  ): Promise<{ status: number; json: () => never; body: string }>
  /** Starts a scenario and waits until it is broken. */
  broken(scenarioId: string): Promise<Attempt>
  stop(): Promise<void>
}

/** A lab with a short hold window and no warm pool unless asked for. */
export async function startLabUnderTest({
  recordings,
  ...options
}: Partial<LabOptions> & { recordings?: ReadRecordings } = {}): Promise<LabUnderTest> {
  const provider = (options.provider as FakeProvider | undefined) ?? makeFakeProvider()
  const store = options.store ?? makeMemoryStore()
  const problems: unknown[] = []
  const publicUrl = 'http://localhost:8080'
  const lab = await startLab({
    catalogue: loadScenarios().catalogue,
    appUrlOf: appUrlFor(publicUrl, 'app.localhost'),
    onProblem: (error) => problems.push(error),
    holdSeconds: 1,
    warmPool: 0,
    ...options,
    provider,
    store,
  })
  const app = await buildApp({
    lab,
    recordings,
    sessionStore: makeMemorySessionStore(),
    config: { instructorToken: token, publicUrl, appDomain: 'app.localhost', cluster: 'embedded', isolation: 'shared' },
  })
  const call: LabUnderTest['call'] = async (method, path, payload) => {
    const response = await app.inject({ method, url: `/api/v1${path}`, headers: asInstructor, payload })
    return { status: response.statusCode, json: () => response.json() as never, body: response.body }
  }
  return {
    app,
    lab,
    provider,
    store,
    problems,
    call,
    async broken(scenarioId) {
      const started = (await call('POST', '/attempts', { scenarioId })).json() as Attempt
      return eventually(async () => {
        const attempt = (await call('GET', `/attempts/${started.id}`)).json() as Attempt
        if (attempt.state === 'failed') throw new Error(`failed: ${attempt.problem}`)
        return attempt.state === 'broken' ? attempt : undefined
      })
    },
    async stop() {
      await lab.stop()
      await app.close()
      for (const sandbox of [...provider.sandboxes.values()]) await sandbox.release()
    },
  }
}

/** The first value that is not undefined; reports the last failure when the deadline passes. */
export async function eventually<T>(
  look: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`did not happen within ${timeoutMs} ms: ${look}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
