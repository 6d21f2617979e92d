// The real Kubernetes of this machine, if one is up.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'

export type RealCluster = { kubeconfig: string; version: string } | { reason: string }

const home = process.env.REAL_CLUSTER_HOME ?? join(homedir(), '.cache', 'real-cluster')

/** Its kubeconfig, or why there is none. */
export async function findRealCluster(path = join(home, 'kubeconfig')): Promise<RealCluster> {
  let kubeconfig: string
  try {
    kubeconfig = readFileSync(path, 'utf8')
  } catch {
    return { reason: `there is no kubeconfig at ${path}` }
  }
  const api = makeKubernetesApi(readKubeconfig(kubeconfig))
  try {
    const { status, body } = await api.raw({ path: '/version', timeoutMs: 3_000 })
    if (status !== 200) return { reason: `the cluster of ${path} answers ${status}` }
    return { kubeconfig, version: (JSON.parse(body) as { gitVersion: string }).gitVersion }
  } catch (error) {
    return { reason: `the cluster of ${path} does not answer: ${error instanceof Error ? error.message : error}` }
  } finally {
    api.close()
  }
}
