// In a Deployment of several labs, the Service sends to the one that works: the pod says so of itself by a label.
import { makeKubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import { isInCluster, openCredentials } from './cluster-credentials.ts'

const activeLabel = 'taskmaster-lab.dev/active'

/** Sets or removes the label on this pod; nothing to do outside a cluster, or where POD_NAME is not handed in. */
export async function markActive(isActive: boolean, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const { POD_NAME: name, POD_NAMESPACE: namespace } = env
  if (!isInCluster(env) || !name || !namespace) return
  const credentials = await openCredentials({ kubeconfig: undefined, allowExec: false, env, onProblem: () => {} })
  const api = makeKubernetesApi(credentials.access)
  try {
    const labels = { [activeLabel]: isActive ? 'true' : null }
    await api.mergePatch({ kind: 'Pod', namespace, name }, { metadata: { labels } })
  } finally {
    api.close()
    credentials.stop()
  }
}
