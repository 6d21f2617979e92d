// The real Kubernetes that tests may use: that of REAL_KUBECONFIG, or one that runs on this machine.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../../src/lab/kubernetes/objects.ts'
import { applicationImages } from './local-images.ts'

export type RealCluster = { kubeconfig: string; version: string; images: string[] } | { reason: string }

/** Where the scripts of a local Kubernetes keep it. */
export const localKubernetesHome = process.env.REAL_CLUSTER_HOME ?? join(homedir(), '.cache', 'real-cluster')
export const usualKubeconfig = join(localKubernetesHome, 'kubeconfig')

/** What the application runs; a cluster for tests has it loaded, for it may have no registry. */
const needed = applicationImages.map(({ name }) => name.replace(/^docker\.io\/|:[^:]*$/g, ''))

interface NodeImages extends KubeObject {
  status?: { images?: { names?: string[] }[] }
}

/** Its kubeconfig and the images on its nodes, or why there is none to use. */
export async function findRealCluster(path = process.env.REAL_KUBECONFIG || usualKubeconfig): Promise<RealCluster> {
  let kubeconfig: string
  try {
    kubeconfig = readFileSync(path, 'utf8')
  } catch {
    return { reason: `there is no kubeconfig at ${path}; REAL_KUBECONFIG names another` }
  }
  try {
    return await lookAt(kubeconfig, path)
  } catch (error) {
    return { reason: `the cluster of ${path} does not answer: ${error instanceof Error ? error.message : error}` }
  }
}

async function lookAt(kubeconfig: string, path: string): Promise<RealCluster> {
  const api = makeKubernetesApi(readKubeconfig(kubeconfig))
  try {
    const { status, body } = await api.raw({ path: '/version', timeoutMs: 3_000 })
    if (status !== 200) return { reason: `the cluster of ${path} answers ${status}` }
    const nodes = await api.list<NodeImages>('Node')
    const images = nodes.flatMap((node) => node.status?.images?.flatMap(({ names }) => names ?? []) ?? [])
    const missing = needed.filter((name) => !images.some((image) => image.includes(name)))
    if (missing.length > 0) return { reason: `the cluster of ${path} has no image of ${missing.join(', ')}: load them` }
    return { kubeconfig, version: (JSON.parse(body) as { gitVersion: string }).gitVersion, images }
  } finally {
    api.close()
  }
}
