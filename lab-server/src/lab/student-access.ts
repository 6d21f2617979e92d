// The student's identity in the cluster: a ServiceAccount outside their namespace, so that nothing they do
// there locks them out.

import { writeKubeconfig } from './kubernetes/kubeconfig.ts'
import { fieldManager, type KubernetesApi } from './kubernetes/kubernetes-api.ts'
import { lastManager } from './report/changes.ts'
import { labLabel } from './world/baseline.ts'
import type { World } from './world/world.ts'

const accessNamespace = 'taskmaster-lab'
const tokenSeconds = 7 * 24 * 3600
const labels = { [labLabel]: 'access' }

/** What is cluster-scoped, to be read by every student. */
const readable = [
  { apiGroups: [''], resources: ['nodes', 'namespaces', 'persistentvolumes', 'componentstatuses'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses', 'volumeattachments', 'csidrivers', 'csinodes'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'] },
  { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'] },
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles', 'clusterrolebindings'] },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'] },
  { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'] },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
  },
  { apiGroups: ['metrics.k8s.io'], resources: ['nodes'] },
].map((rule) => ({ ...rule, verbs: ['get', 'list', 'watch'] }))

/** Creates or repairs the student's account and rights. Safe to run again at any time. */
export async function grantStudentAccess(api: KubernetesApi, namespace: string): Promise<void> {
  const account = { kind: 'ServiceAccount', name: accountOf(namespace), namespace: accessNamespace }
  const rbac = 'rbac.authorization.k8s.io/v1'
  const ref = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name })
  const clusterRole = `taskmaster-lab:reader`
  const namespaceRole = `taskmaster-lab:${namespace}`
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: accessNamespace, labels } })
  await Promise.all([
    api.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: account.name, namespace: accessNamespace, labels },
    }),
    api.apply({ apiVersion: rbac, kind: 'ClusterRole', metadata: { name: clusterRole, labels }, rules: readable }),
    api.apply({
      apiVersion: rbac,
      kind: 'ClusterRole',
      metadata: { name: namespaceRole, labels },
      rules: [
        { apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['get', 'update', 'patch'] },
      ],
    }),
    api.apply({
      apiVersion: rbac,
      kind: 'Role',
      metadata: { name: 'taskmaster-lab:student', namespace, labels },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    }),
  ])
  await Promise.all([
    api.apply({
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata: { name: 'taskmaster-lab:student', namespace, labels },
      roleRef: ref('Role', 'taskmaster-lab:student'),
      subjects: [account],
    }),
    ...[clusterRole, namespaceRole].map((role) =>
      api.apply({
        apiVersion: rbac,
        kind: 'ClusterRoleBinding',
        metadata: { name: role === clusterRole ? `${clusterRole}:${namespace}` : role, labels },
        roleRef: ref('ClusterRole', role),
        subjects: [account],
      }),
    ),
  ])
}

/** Gives the student their rights back whenever someone deletes or changes them. Returns how to stop. */
export function guardStudentAccess(api: KubernetesApi, world: World, onProblem: (error: unknown) => void): () => void {
  let pending = Promise.resolve()
  return world.onChange((change) => {
    const isAccess = change?.object.metadata.labels?.[labLabel] ?? change?.previous?.metadata.labels?.[labLabel]
    if (!isAccess || !change || change.type === 'ADDED') return
    if (change.type === 'MODIFIED' && lastManager(change.object) === fieldManager) return
    const space = world.find('Namespace', world.namespace)
    if (!space || space.metadata.deletionTimestamp) return
    pending = pending.then(() => grantStudentAccess(api, world.namespace)).catch(onProblem)
  })
}

/** A kubeconfig for the student, with a token of its own. */
export async function makeStudentKubeconfig(api: KubernetesApi, namespace: string): Promise<string> {
  const path = `/api/v1/namespaces/${accessNamespace}/serviceaccounts/${accountOf(namespace)}/token`
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: tokenSeconds },
  }
  const { status, body } = await api.raw({ method: 'POST', path, body: JSON.stringify(request) })
  if (status >= 400) throw new Error(`the cluster gave no token for the student: ${body.slice(0, 200)}`)
  const { token } = (JSON.parse(body) as { status: { token: string } }).status
  const { server, ca } = api.access
  return writeKubeconfig({ server, ca, token, namespace }, { cluster: 'taskmaster', user: 'student' })
}

function accountOf(namespace: string): string {
  return namespace === 'taskmaster' ? 'student' : `student-${namespace}`
}
