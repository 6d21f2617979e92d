// The cluster that a file of tests starts from, with a folder of its own beside it.
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { images as workloadImages } from '@taskmaster-lab/workload/images'
import { type Cluster, startCluster } from '../../src/cluster/index.ts'
import { readKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { type KubernetesApi, makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import { findRealCluster } from './real-cluster.ts'

const run = promisify(execFile)

export interface TestCluster {
  /** Removed at the end. */
  folder: string
  /** Its administrator's. */
  kubeconfig: string
  /** The administrator's client. */
  api: KubernetesApi
  /** Runs kubectl as the administrator; rejects with what it complained of. */
  kubectl(...args: string[]): Promise<string>
  /** Its ingress controller; undefined on a cluster that is not ours. */
  ingressUrl: string | undefined
  stop(): Promise<void>
}

/** Starts an embedded cluster; with `isRealPreferred` that of REAL_KUBECONFIG takes its place where it is up, and stays up. */
export async function startTestCluster(
  name: string,
  { images = workloadImages, isRealPreferred = false } = {},
): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`))
  // PostgreSQL runs as a user of its own.
  await chmod(folder, 0o711)
  const real = isRealPreferred && process.env.REAL_KUBECONFIG ? await findRealCluster() : { reason: 'not asked for' }
  let embedded: Cluster | undefined
  if ('reason' in real) {
    const onUnexpected = (error: unknown) =>
      void process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    embedded = await startCluster({ dataDir: join(folder, 'cluster'), images, onUnexpected })
  }
  process.stderr.write(`${name} on ${'reason' in real ? 'an embedded cluster' : `Kubernetes ${real.version}`}\n`)
  const kubeconfig = 'reason' in real ? (embedded?.kubeconfig ?? '') : real.kubeconfig
  const api = makeKubernetesApi(readKubeconfig(kubeconfig))
  const kubeconfigFile = join(folder, 'kubeconfig')
  await writeFile(kubeconfigFile, kubeconfig, { mode: 0o600 })
  return {
    folder,
    kubeconfig,
    api,
    kubectl: async (...args) => (await run('kubectl', ['--kubeconfig', kubeconfigFile, ...args])).stdout,
    ingressUrl: embedded?.ingressUrl,
    async stop() {
      api.close()
      await embedded?.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
