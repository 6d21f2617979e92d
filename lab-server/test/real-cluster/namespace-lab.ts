// A lab on a cluster that it did not make: what the tests of namespaces start from.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attempt } from '../../src/contract/attempts.ts'
import { makeMemoryStore } from '../../src/lab/attempt-store.ts'
import { startLab } from '../../src/lab/attempts.ts'
import type { Lab, Person } from '../../src/lab/lab.ts'
import { loadScenarios } from '../../src/lab/scenarios/load-scenarios.ts'
import { type NamespaceSandboxes, startNamespaceSandboxes } from '../../src/sandboxes/namespace-sandboxes.ts'
import { readNamespaceSettings } from '../../src/sandboxes/namespace-settings.ts'

export const instructor: Person = { id: 'i', role: 'instructor', name: 'I' }

export interface NamespaceLab {
  lab: Lab
  provider: NamespaceSandboxes
  problems: unknown[]
  log: string[]
  /** Starts a scenario and waits until it is broken. */
  broken(scenarioId: string): Promise<Attempt>
  /** Resolves when the attempt is in this state. */
  inState(id: string, state: Attempt['state']): Promise<Attempt>
  /** A tool of the student of an attempt, with their kubeconfig. */
  asStudent(id: string, ...args: string[]): Promise<{ ok: boolean; output: string }>
  stop(): Promise<void>
}

/** A lab with a short hold window on the cluster of `kubeconfig`. */
export async function startNamespaceLab(
  kubeconfig: string,
  env: Record<string, string> = {},
  options: { store?: ReturnType<typeof makeMemoryStore> } = {},
): Promise<NamespaceLab> {
  const folder = await mkdtemp(join(tmpdir(), 'namespace-lab-'))
  const path = join(folder, 'kubeconfig')
  await writeFile(path, kubeconfig, { mode: 0o600 })
  const log: string[] = []
  const problems: unknown[] = []
  const provider = await startNamespaceSandboxes({
    kubeconfig: path,
    settings: readNamespaceSettings({ LAB_INSTANCE: 'test', ...env }, folder),
    onLog: (line) => log.push(line),
  })
  const lab = await startLab({
    provider,
    store: options.store ?? makeMemoryStore(),
    catalogue: loadScenarios().catalogue,
    warmPool: 0,
    holdSeconds: 2,
    appUrlOf: (id) => `http://${id}.app.localhost/`,
    onProblem: (error) => problems.push(error),
  })
  const inState: NamespaceLab['inState'] = async (id, state) => {
    const deadline = Date.now() + 180_000
    for (;;) {
      const attempt = await lab.get(instructor, id)
      if (attempt.state === state) return attempt
      if (attempt.state === 'failed') throw new Error(`failed: ${attempt.problem}`)
      if (Date.now() > deadline) {
        const open = [...attempt.checks, ...attempt.invariants].filter(({ status }) => status !== 'passed')
        throw new Error(`${attempt.state}, not ${state}: ${JSON.stringify(open)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  return {
    lab,
    provider,
    problems,
    log,
    inState,
    broken: async (scenarioId) => inState((await lab.start(instructor, { scenarioId })).id, 'broken'),
    async asStudent(id, ...args) {
      const own = join(folder, id)
      await writeFile(own, await lab.kubeconfig(instructor, id), { mode: 0o600 })
      return new Promise((resolve) => {
        execFile('kubectl', ['--kubeconfig', own, ...args], { timeout: 60_000 }, (error, stdout, stderr) =>
          resolve({ ok: error === null, output: `${stdout}${stderr}` }),
        )
      })
    },
    async stop() {
      await lab.stop()
      await provider.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
