// What surrounds the application in a namespace of a shared cluster: its limits and its borders.
import type { KubeObject } from '../lab/kubernetes/objects.ts'
import { labLabel } from '../lab/world/baseline.ts'
import type { NamespaceSettings } from './namespace-settings.ts'

/** On the Namespace: which lab made it. */
export const instanceLabel = 'taskmaster-lab.dev/instance'
/** On the Namespace: the sandbox's id. */
export const sandboxLabel = 'taskmaster-lab.dev/sandbox'

/** The sandbox that a Namespace is. */
export interface NamespacePlace {
  sandboxId: string
  namespace: string
}

/** Requests and limits of the healthy application, from its table of resources. */
export const application = { requestsCpuMilli: 900, requestsMemoryMi: 1024, limitsCpuMilli: 2400, limitsMemoryMi: 2560 }

/** The Namespace with the labels by which it is found again. */
export function planNamespace({ sandboxId, namespace }: NamespacePlace, { instance }: NamespaceSettings): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: {
        [labLabel]: 'sandbox',
        [instanceLabel]: instance,
        [sandboxLabel]: sandboxId,
        'pod-security.kubernetes.io/enforce': 'baseline',
        'pod-security.kubernetes.io/warn': 'baseline',
      },
    },
  }
}

/** Quota, defaults and NetworkPolicies. `apiServers` are the addresses from which the API server's proxy asks. */
export function planGuardRails(
  { namespace }: NamespacePlace,
  settings: NamespaceSettings,
  apiServers: readonly string[] = [],
): KubeObject[] {
  return [planQuota(namespace), planLimits(namespace), ...planPolicies(namespace, settings, apiServers)]
}

const metadata = (namespace: string, name: string) => ({ name, namespace, labels: { [labLabel]: 'guard-rail' } })

/** Twice the application, so that a rolling update and a few pods to look around with have room. */
function planQuota(namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: metadata(namespace, 'taskmaster-lab'),
    spec: {
      hard: {
        'requests.cpu': `${application.requestsCpuMilli * 2}m`,
        'requests.memory': `${application.requestsMemoryMi * 2}Mi`,
        'limits.cpu': `${application.limitsCpuMilli * 2}m`,
        'limits.memory': `${application.limitsMemoryMi * 2}Mi`,
        'requests.storage': '15Gi',
        persistentvolumeclaims: '3',
        pods: '20',
        services: '12',
        'services.loadbalancers': '0',
        'services.nodeports': '0',
        'count/secrets': '60',
        'count/configmaps': '60',
      },
    },
  }
}

/** Containers that say nothing are small ones: without this the quota would refuse them. */
function planLimits(namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: metadata(namespace, 'taskmaster-lab'),
    spec: {
      limits: [
        {
          type: 'Container',
          default: { cpu: '200m', memory: '256Mi' },
          defaultRequest: { cpu: '50m', memory: '64Mi' },
        },
      ],
    },
  }
}

/** Nothing in and nothing out, but: inside the namespace, from the ingress controller, and names. */
function planPolicies(namespace: string, settings: NamespaceSettings, apiServers: readonly string[]): KubeObject[] {
  const inside = { podSelector: {} }
  const space = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } })
  const fromApiServer = apiServers.map((address) => ({
    ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` },
  }))
  const entrances = settings.ingressUrl
    ? [space(settings.ingressNamespace)]
    : // The API server's proxy: its own address, or the pods of a tunnel.
      [space(settings.ingressNamespace), ...fromApiServer, space('kube-system')]
  const policy = (name: string, spec: object): KubeObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(namespace, name),
    spec: { podSelector: {}, ...spec },
  })
  return [
    policy('taskmaster-lab-default-deny', { policyTypes: ['Ingress', 'Egress'] }),
    policy('taskmaster-lab-inside', {
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [inside] }],
      egress: [{ to: [inside] }],
    }),
    policy('taskmaster-lab-entrance', { policyTypes: ['Ingress'], ingress: [{ from: entrances }] }),
    policy('taskmaster-lab-names', {
      policyTypes: ['Egress'],
      egress: [
        {
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    }),
  ]
}
