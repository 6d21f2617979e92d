// The student's rights where others use the same cluster: everything of their namespace that cannot reach beyond it.
import type { KubeObject } from './kubernetes/objects.ts'
import { labLabel } from './world/baseline.ts'

/** Where the students' accounts are: outside their namespaces, so that nothing they do locks them out. */
export const studentsNamespace = 'taskmaster-lab-students'

const rbac = 'rbac.authorization.k8s.io/v1'
const labels = { [labLabel]: 'access' }
const read = ['get', 'list', 'watch']
const write = [...read, 'create', 'update', 'patch', 'delete', 'deletecollection']

/**
 * In the namespace. Left out on purpose: writing Endpoints, EndpointSlices and the status of pods (they would lead the
 * lab's own requests elsewhere), the Namespace's labels (they hold Pod Security), tokens of other accounts, proxies.
 */
export const studentRules = [
  {
    apiGroups: [''],
    resources: [
      'configmaps',
      'limitranges',
      'persistentvolumeclaims',
      'pods',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'resourcequotas',
      'secrets',
      'serviceaccounts',
      'services',
    ],
    verbs: write,
  },
  {
    apiGroups: [''],
    resources: ['pods/attach', 'pods/exec', 'pods/portforward'],
    verbs: ['get', 'create'],
  },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['get', 'update', 'patch'] },
  { apiGroups: [''], resources: ['pods/log', 'pods/status', 'endpoints', 'events'], verbs: read },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
  {
    apiGroups: ['apps'],
    resources: [
      'daemonsets',
      'deployments',
      'deployments/scale',
      'replicasets',
      'replicasets/scale',
      'statefulsets',
      'statefulsets/scale',
    ],
    verbs: write,
  },
  { apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: read },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: write },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: write },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: write },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: write },
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: write },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: read },
  { apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: read },
]

/** Of the cluster: what a repair needs to look at, and nothing that shows other students. */
export const readerRules = [
  { apiGroups: [''], resources: ['nodes', 'persistentvolumes'], verbs: read },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: read },
  { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: read },
  { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], verbs: read },
  { apiGroups: ['metrics.k8s.io'], resources: ['nodes'], verbs: read },
]

/** What all students share. An operator who gives the lab few rights makes these beforehand. */
export function planStudentsCommons(): KubeObject[] {
  const name = 'taskmaster-lab:reader'
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: studentsNamespace, labels } },
    { apiVersion: rbac, kind: 'ClusterRole', metadata: { name, labels }, rules: readerRules },
    {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `system:serviceaccounts:${studentsNamespace}` },
      ],
    },
  ]
}

/** The account of one namespace's student, and their rights in it. */
export function planSharedAccess(namespace: string): KubeObject[] {
  const name = 'taskmaster-lab:student'
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: namespace, namespace: studentsNamespace, labels },
      automountServiceAccountToken: false,
    },
    { apiVersion: rbac, kind: 'Role', metadata: { name, namespace, labels }, rules: studentRules },
    {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata: { name, namespace, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: namespace, namespace: studentsNamespace }],
    },
  ]
}
