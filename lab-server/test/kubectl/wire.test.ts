// Repeats the HTTP requests that were put to a real cluster and compares the answers field by field. Skipped where the
// recordings are absent.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { kubectlNear } from './kubectls.ts'
import { startTestCluster } from './test-cluster.ts'
import { referenceFolder } from './transcript/reference.ts'
import { replayWire } from './transcript/replay-wire.ts'
import { runCommand } from './transcript/run-command.ts'

it.skipIf(!existsSync(referenceFolder))('answers plain HTTP as a real cluster did', async () => {
  const cluster = await startTestCluster()
  try {
    const workplace = await cluster.workplace(kubectlNear(36), 'watchref')
    await runCommand(workplace, 'kubectl create configmap one --from-literal=a=b')
    await runCommand(workplace, 'until kubectl get configmap kube-root-ca.crt; do :; done')
    const kubeconfig = readFileSync(workplace.env.KUBECONFIG ?? '', 'utf8')
    const replayed = await replayWire(kubeconfig, readFileSync(join(referenceFolder, 'kinds/wire.txt'), 'utf8'))
    expect(replayed.length).toBeGreaterThan(15)
    expect(
      replayed.flatMap(({ title, differences }) => (differences.length > 0 ? [{ title, differences }] : [])),
    ).toEqual([])
    expect(cluster.unexpected).toEqual([])
  } finally {
    await cluster.stop()
  }
})
