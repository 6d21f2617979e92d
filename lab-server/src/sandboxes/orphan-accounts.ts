// Accounts of students whose namespace is gone: a crash, or an administrator who deleted the namespace, left them.
import type { KubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import { KubernetesError } from '../lab/kubernetes/kubernetes-error.ts'
import { studentsNamespace } from '../lab/shared-access.ts'
import { revokeSharedAccess } from '../lab/student-access.ts'
import { labLabel } from '../lab/world/baseline.ts'

/** Ends them. An account is made after its namespace, so one without is nobody's, whichever lab made it. */
export async function endOrphanAccounts(api: KubernetesApi): Promise<void> {
  try {
    // In this order: what is made in between has both.
    const accounts = await api.list('ServiceAccount', studentsNamespace, { [labLabel]: 'access' })
    if (accounts.length === 0) return
    const spaces = new Set((await api.list('Namespace')).map(({ metadata }) => metadata.name))
    const orphans = accounts.filter(({ metadata }) => !spaces.has(metadata.name))
    await Promise.all(orphans.map(({ metadata }) => revokeSharedAccess(api, metadata.name)))
  } catch (error) {
    // Rights of an older manifests/platform do not include the list.
    if (!(error instanceof KubernetesError) || error.status !== 403) throw error
  }
}
