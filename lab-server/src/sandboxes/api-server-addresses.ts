// Where the API server is: its proxy asks from there, and terminals in pods reach it there.
import type { KubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import { KubernetesError, readStatus } from '../lab/kubernetes/kubernetes-error.ts'

interface EndpointsView {
  subsets?: { addresses?: { ip: string }[]; ports?: { port: number }[] }[]
}
interface ServiceView {
  spec: { clusterIPs?: string[]; clusterIP: string; ports: { port: number }[] }
}

/** The addresses behind Service `kubernetes`; none where they may not be read. Rejects when the cluster does not answer. */
export async function apiServerAddresses(api: KubernetesApi): Promise<string[]> {
  const { subsets = [] } = (await readDefault<EndpointsView>(api, 'endpoints')) ?? {}
  return subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip))
}

/** Every address and port at which pods may find the API server: the Service's and those behind it. */
export async function apiServerWays(api: KubernetesApi): Promise<{ ip: string; port: number }[]> {
  const [endpoints, service] = await Promise.all([
    readDefault<EndpointsView>(api, 'endpoints'),
    readDefault<ServiceView>(api, 'services'),
  ])
  const behind = (endpoints?.subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    addresses.flatMap(({ ip }) => ports.map(({ port }) => ({ ip, port }))),
  )
  const before = service
    ? (service.spec.clusterIPs ?? [service.spec.clusterIP]).flatMap((ip) =>
        service.spec.ports.map(({ port }) => ({ ip, port })),
      )
    : []
  return [...before, ...behind]
}

/** Of `kubernetes` in the namespace `default`; undefined where it may not be read. */
async function readDefault<T>(api: KubernetesApi, plural: string): Promise<T | undefined> {
  const { status, body } = await api.raw({ path: `/api/v1/namespaces/default/${plural}/kubernetes` })
  if (status === 401) throw new KubernetesError(status, 'Unauthorized', `the cluster does not know these credentials`)
  if (status === 403 || status === 404) return undefined
  if (status >= 400) throw readStatus(status, body)
  return JSON.parse(body) as T
}
