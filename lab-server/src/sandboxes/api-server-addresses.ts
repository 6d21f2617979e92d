// From where the API server's proxy asks: NetworkPolicies have to let it in.
import type { KubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import { KubernetesError, readStatus } from '../lab/kubernetes/kubernetes-error.ts'

/** The addresses behind Service `kubernetes`; none where they may not be read. Rejects when the cluster does not answer. */
export async function apiServerAddresses(api: KubernetesApi): Promise<string[]> {
  const { status, body } = await api.raw({ path: '/api/v1/namespaces/default/endpoints/kubernetes' })
  if (status === 401) throw new KubernetesError(status, 'Unauthorized', `the cluster does not know these credentials`)
  if (status === 403 || status === 404) return []
  if (status >= 400) throw readStatus(status, body)
  const { subsets = [] } = JSON.parse(body) as { subsets?: { addresses?: { ip: string }[] }[] }
  return subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip))
}
