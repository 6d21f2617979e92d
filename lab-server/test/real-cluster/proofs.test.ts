// The author's proof in namespaces of somebody's cluster: the verdicts are those of a cluster of its own.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadScenarios } from '../../src/lab/scenarios/load-scenarios.ts'
import { type VerifyResult, verify } from '../../src/lab/verify/verify.ts'
import { type NamespaceSandboxes, startNamespaceSandboxes } from '../../src/sandboxes/namespace-sandboxes.ts'
import { readNamespaceSettings } from '../../src/sandboxes/namespace-settings.ts'
import { startTestCluster, type TestCluster } from './test-cluster.ts'

let cluster: TestCluster
let provider: NamespaceSandboxes
beforeAll(async () => {
  cluster = await startTestCluster('proofs', { isRealPreferred: true })
  const kubeconfig = join(cluster.folder, 'kubeconfig')
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 })
  const settings = readNamespaceSettings({ LAB_INSTANCE: 'proofs' }, cluster.folder)
  provider = await startNamespaceSandboxes({ kubeconfig, settings, onLog() {} })
})
afterAll(async () => {
  await provider.stop()
  await cluster.stop()
})

it.each([
  ['site-not-found', 'refused: catch-all', /^no Ingress rule for taskmaster-\w+\.taskmaster\.local/],
  ['tasks-do-not-load', 'refused: node-port', /the cluster itself refuses it: exceeded quota: taskmaster-lab/],
])('%s is proved in a namespace, where its wrong fix is %s', async (id, step, detail) => {
  const results: VerifyResult[] = []
  const { catalogue } = loadScenarios()
  const options = { ids: [id], warmPool: 0, holdSeconds: 2, brief: true }
  await verify({ ...options, provider, catalogue, onResult: (result) => results.push(result) })
  expect(results.filter(({ ok }) => !ok)).toEqual([])
  expect(results.map((result) => result.step)).toEqual([
    'doing nothing earns nothing',
    'the solution solves it',
    step,
    'a reset leads back',
  ])
  expect(results[2]?.detail).toMatch(detail)
})
