// The student's identity in the cluster: a ServiceAccount outside their namespace, so that nothing they do
// there locks them out.

import { writeKubeconfig } from './kubernetes/kubeconfig.ts'
import { fieldManager, type KubernetesApi } from './kubernetes/kubernetes-api.ts'
import { KubernetesError } from './kubernetes/kubernetes-error.ts'
import type { KubeObject } from './kubernetes/objects.ts'
import { writerOf } from './report/changes.ts'
import type { Sandbox } from './sandbox.ts'
import { planSharedAccess, planStudentsCommons, studentsNamespace } from './shared-access.ts'
import { requestToken } from './student-token.ts'
import { labLabel } from './world/baseline.ts'
import { isSame } from './world/normalise.ts'
import type { World } from './world/world.ts'

const accessNamespace = 'taskmaster-lab'
const tokenSeconds = 7 * 24 * 3600
/** On a cluster with others; renewed while the attempt lives. */
const sharedTokenSeconds = 4 * 3600
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

/** Where the student works. */
export type StudentPlace = Pick<Sandbox, 'namespace' | 'isShared'>

/** Creates or repairs the student's account and rights. Safe to run again at any time. */
export async function grantStudentAccess(api: KubernetesApi, place: StudentPlace): Promise<void> {
  if (place.isShared) return grantSharedAccess(api, place.namespace)
  const { namespace } = place
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

/** What a student sees of another namespace that a scenario is about: what runs there, and no secrets. */
const readableBeyond = [
  { apiGroups: [''], resources: ['pods', 'pods/log', 'services', 'endpoints', 'configmaps', 'events'] },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'daemonsets', 'statefulsets'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'] },
].map((rule) => ({ ...rule, verbs: ['get', 'list', 'watch'] }))

/** The rights to some objects of another namespace, on a cluster that nobody else uses. */
export function planAccessBeyond({
  namespace,
  place,
  rules,
}: {
  namespace: string
  place: string
  rules: readonly { group: string; plural: string; name: string }[]
}): KubeObject[] {
  const rbac = 'rbac.authorization.k8s.io/v1'
  const name = `taskmaster-lab:${namespace}`
  const metadata = { name, namespace: place, labels }
  const changeable = rules.map(({ group, plural, name: object }) => ({
    apiGroups: [group],
    resources: [plural, `${plural}/scale`],
    resourceNames: [object],
    verbs: ['get', 'update', 'patch'],
  }))
  const pods = { apiGroups: [''], resources: ['pods'], verbs: ['delete'] }
  return [
    { apiVersion: rbac, kind: 'Role', metadata, rules: [...readableBeyond, ...changeable, pods] },
    {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: accountOf(namespace), namespace: accessNamespace }],
    },
  ]
}

async function grantSharedAccess(api: KubernetesApi, namespace: string): Promise<void> {
  for (const object of planStudentsCommons()) {
    await api.apply(object).catch((error) => {
      // The operator keeps these rights to themselves, and has made the object beforehand.
      if (!(error instanceof KubernetesError) || error.status !== 403) throw error
    })
  }
  for (const object of planSharedAccess(namespace)) await api.apply(object)
}

/** Ends the account of a namespace's student, and every token of it. */
export async function revokeSharedAccess(api: KubernetesApi, namespace: string): Promise<void> {
  await api.remove({ kind: 'ServiceAccount', namespace: studentsNamespace, name: namespace })
}

/** Gives the student their rights back whenever someone deletes or changes them. Returns how to stop. */
export function guardStudentAccess(
  { api, world, sandbox }: { api: KubernetesApi; world: World; sandbox: Sandbox },
  onProblem: (error: unknown) => void,
): () => void {
  let pending = Promise.resolve()
  return world.onChange((change) => {
    const part = change?.previous?.metadata.labels?.[labLabel] ?? change?.object.metadata.labels?.[labLabel]
    if (!part || !change || change.type === 'ADDED') return
    if (change.type === 'MODIFIED' && writerOf(change.object, change.previous) === fieldManager) return
    // A status: what counts is as it was.
    if (change.type === 'MODIFIED' && change.previous && isSame(change.previous, change.object)) return
    const space = world.find('Namespace', world.namespace)
    if (!space || space.metadata.deletionTimestamp) return
    const restore = () => (part === 'access' ? grantStudentAccess(api, sandbox) : restoreGuardRails(api, sandbox))
    pending = pending.then(restore).catch(onProblem)
  })
}

/** Puts the limits and borders of a shared namespace back. */
async function restoreGuardRails(api: KubernetesApi, { furnish }: Sandbox): Promise<void> {
  for (const object of furnish?.([]) ?? []) await api.apply(object)
}

/** A kubeconfig for the student, with a token of its own. */
export async function makeStudentKubeconfig(
  api: KubernetesApi,
  { namespace, isShared }: StudentPlace,
): Promise<string> {
  const account = isShared
    ? { namespace: studentsNamespace, name: namespace }
    : { namespace: accessNamespace, name: accountOf(namespace) }
  const token = await requestToken(api, account, isShared ? sharedTokenSeconds : tokenSeconds)
  const { server, ca } = api.access
  return writeKubeconfig({ server, ca, token, namespace }, { cluster: 'taskmaster', user: 'student' })
}

function accountOf(namespace: string): string {
  return namespace === 'taskmaster' ? 'student' : `student-${namespace}`
}
