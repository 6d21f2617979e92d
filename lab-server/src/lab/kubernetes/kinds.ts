// Where the API server keeps each kind. Older API versions come second: a real cluster may serve only those.

/** The address of a kind in the API. */
export interface KindPath {
  apiVersions: readonly string[]
  plural: string
  namespaced: boolean
}

const namespaced = (plural: string, ...apiVersions: string[]): KindPath => ({ apiVersions, plural, namespaced: true })
const cluster = (plural: string, ...apiVersions: string[]): KindPath => ({ apiVersions, plural, namespaced: false })

/** Every kind that the lab reads or writes. */
export const kindPaths = {
  ConfigMap: namespaced('configmaps', 'v1'),
  Event: namespaced('events', 'v1'),
  LimitRange: namespaced('limitranges', 'v1'),
  PersistentVolumeClaim: namespaced('persistentvolumeclaims', 'v1'),
  Pod: namespaced('pods', 'v1'),
  ResourceQuota: namespaced('resourcequotas', 'v1'),
  Secret: namespaced('secrets', 'v1'),
  Service: namespaced('services', 'v1'),
  ServiceAccount: namespaced('serviceaccounts', 'v1'),
  DaemonSet: namespaced('daemonsets', 'apps/v1'),
  Deployment: namespaced('deployments', 'apps/v1'),
  ReplicaSet: namespaced('replicasets', 'apps/v1'),
  StatefulSet: namespaced('statefulsets', 'apps/v1'),
  CronJob: namespaced('cronjobs', 'batch/v1', 'batch/v1beta1'),
  Job: namespaced('jobs', 'batch/v1'),
  HorizontalPodAutoscaler: namespaced('horizontalpodautoscalers', 'autoscaling/v2', 'autoscaling/v1'),
  Ingress: namespaced('ingresses', 'networking.k8s.io/v1'),
  NetworkPolicy: namespaced('networkpolicies', 'networking.k8s.io/v1'),
  PodDisruptionBudget: namespaced('poddisruptionbudgets', 'policy/v1', 'policy/v1beta1'),
  EndpointSlice: namespaced('endpointslices', 'discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1'),
  Role: namespaced('roles', 'rbac.authorization.k8s.io/v1'),
  RoleBinding: namespaced('rolebindings', 'rbac.authorization.k8s.io/v1'),
  Namespace: cluster('namespaces', 'v1'),
  Node: cluster('nodes', 'v1'),
  PersistentVolume: cluster('persistentvolumes', 'v1'),
  StorageClass: cluster('storageclasses', 'storage.k8s.io/v1'),
  IngressClass: cluster('ingressclasses', 'networking.k8s.io/v1'),
  PriorityClass: cluster('priorityclasses', 'scheduling.k8s.io/v1'),
  ClusterRole: cluster('clusterroles', 'rbac.authorization.k8s.io/v1'),
  ClusterRoleBinding: cluster('clusterrolebindings', 'rbac.authorization.k8s.io/v1'),
  ValidatingWebhookConfiguration: cluster('validatingwebhookconfigurations', 'admissionregistration.k8s.io/v1'),
} as const satisfies Record<string, KindPath>

export type KindName = keyof typeof kindPaths

/** Whether the lab knows where this kind lives. */
export function isKindName(kind: string): kind is KindName {
  return Object.hasOwn(kindPaths, kind)
}

/** The URL path of a collection, or of one object when `name` is given. */
export function objectPath(
  kind: KindName,
  where: { namespace?: string; name?: string; apiVersion?: string } = {},
): string {
  const { apiVersions, plural, namespaced: inNamespace } = kindPaths[kind]
  const apiVersion: string = where.apiVersion ?? apiVersions[0] ?? 'v1'
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const space = inNamespace && where.namespace ? `/namespaces/${encodeURIComponent(where.namespace)}` : ''
  return `${root}${space}/${plural}${where.name ? `/${encodeURIComponent(where.name)}` : ''}`
}
