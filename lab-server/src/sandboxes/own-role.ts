// Gives the lab its rights in a namespace that it has just made, where its account has none elsewhere: the operator
// allows it to bind one ClusterRole, named in LAB_SANDBOX_ROLE, and nothing more.
import type { KubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import { KubernetesError } from '../lab/kubernetes/kubernetes-error.ts'
import type { KubeObject } from '../lab/kubernetes/objects.ts'
import { labLabel } from '../lab/world/baseline.ts'

const cachePollMs = 100
const cacheTimeoutMs = 10_000

/** The binding of the role to the lab's own account; none for an administrator, who needs none. */
export function planOwnRole(
  namespace: string,
  { role, token }: { role: string | undefined; token: string | undefined },
): KubeObject[] {
  if (role === undefined) return []
  const name = subjectOf(token)
  if (name === undefined) throw new Error('LAB_SANDBOX_ROLE needs the token of a ServiceAccount.')
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'taskmaster-lab-owner', namespace, labels: { [labLabel]: 'owner' } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
    },
  ]
}

/** The account that a token is for: `system:serviceaccount:NAMESPACE:NAME`. */
export function subjectOf(token: string | undefined): string | undefined {
  try {
    const { sub } = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof sub === 'string' && sub.startsWith('system:serviceaccount:') ? sub : undefined
  } catch {
    return undefined
  }
}

/** Resolves when the API server's authoriser has seen the new binding, which is a moment later. */
export async function awaitOwnRole(api: KubernetesApi, namespace: string): Promise<void> {
  const deadline = Date.now() + cacheTimeoutMs
  for (;;) {
    try {
      await api.list('Secret', namespace)
      return
    } catch (error) {
      if (!(error instanceof KubernetesError) || error.status !== 403 || Date.now() > deadline) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, cachePollMs))
  }
}
