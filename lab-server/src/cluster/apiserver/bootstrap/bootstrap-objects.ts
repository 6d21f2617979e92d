// What a new cluster holds before anybody uses it.
import type { KubeObject } from '../../objects/types.ts'

const named = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...rest,
})

/** The namespaces of every cluster. */
export const systemNamespaces: KubeObject[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) =>
  named('v1', 'Namespace', name),
)

/** Priority, storage and ingress classes. */
export const systemClasses: KubeObject[] = [
  named('scheduling.k8s.io/v1', 'PriorityClass', 'system-node-critical', {
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  }),
  named('scheduling.k8s.io/v1', 'PriorityClass', 'system-cluster-critical', {
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  }),
  named('storage.k8s.io/v1', 'StorageClass', 'local-path', {
    provisioner: 'rancher.io/local-path',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  }),
  named('networking.k8s.io/v1', 'IngressClass', 'nginx', { spec: { controller: 'k8s.io/ingress-nginx' } }),
]

/** The range of Services' addresses. */
export function serviceRange(cidr: string): KubeObject[] {
  return [named('networking.k8s.io/v1', 'ServiceCIDR', 'kubernetes', { spec: { cidrs: [cidr] } })]
}

/** The API server as a Service, for pods that look for it. */
export function apiServerService({ clusterIp, port }: { clusterIp?: string; port: number }): KubeObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { component: 'apiserver', provider: 'kubernetes' },
      },
      spec: {
        type: 'ClusterIP',
        ...(clusterIp ? { clusterIP: clusterIp, clusterIPs: [clusterIp] } : {}),
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
        sessionAffinity: 'None',
      },
    },
  ]
}

/** Where that Service leads: written anew at each start, because the port may be another one. */
export function apiServerAddresses(address: string, port: number): KubeObject[] {
  const ports = [{ name: 'https', port, protocol: 'TCP' }]
  return [
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
      },
      subsets: [{ addresses: [{ ip: address }], ports }],
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports,
    },
  ]
}
