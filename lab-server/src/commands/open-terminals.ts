// The terminals that the configuration asks for: in pods of the cluster, or on this machine.
import { apiServerWays } from '../sandboxes/api-server-addresses.ts'
import type { OpenSandboxes } from '../sandboxes/open-sandboxes.ts'
import { getKubectl } from '../terminal/kubectl.ts'
import { startPodTerminals } from '../terminal/pods/pod-terminals.ts'
import type { Recordings } from '../terminal/recordings.ts'
import { startTerminals, type Terminals } from '../terminal/terminals.ts'

/** Opens them; `cluster` is where pods are wanted. */
export async function openTerminals({
  dataDir,
  cluster,
  recordings,
  onLog,
}: {
  dataDir: string
  cluster: OpenSandboxes['terminalCluster']
  recordings: Recordings | undefined
  onLog(line: string): void
}): Promise<Terminals> {
  if (!cluster) return startTerminals({ dataDir, recordings, kubectl: await getKubectl(dataDir) })
  const { api, settings } = cluster
  const apiServer = await apiServerWays(api)
  if (apiServer.length === 0) {
    onLog(
      'Terminals cannot reach the API server where NetworkPolicies are enforced: the lab may not read Service and Endpoints "kubernetes" in the namespace default.',
    )
  }
  onLog(`Terminals run in pods of ${settings.toolboxImage}.`)
  return startPodTerminals({
    api,
    settings: { instance: settings.instance, image: settings.toolboxImage, imagePullPolicy: settings.imagePullPolicy },
    apiServer,
    ingressNamespace: settings.ingressNamespace,
    recordings,
    onProblem: (error) => onLog(error instanceof Error ? error.message : String(error)),
  })
}
