// A token for the student's account: asked for with an expiry, or, where a cluster cannot, the one that it keeps.
import type { KubernetesApi } from './kubernetes/kubernetes-api.ts'
import { KubernetesError, readStatus } from './kubernetes/kubernetes-error.ts'
import type { KubeObject } from './kubernetes/objects.ts'

/** Whose token. */
export interface Account {
  namespace: string
  name: string
}

const secretTimeoutMs = 10_000
const secretPollMs = 200

/** Asks for a token that lives `seconds`; the API server may give a shorter life. */
export async function requestToken(api: KubernetesApi, account: Account, seconds: number): Promise<string> {
  const path = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: account.name, namespace: account.namespace },
    spec: { expirationSeconds: seconds },
  }
  const { status, body } = await api.raw({ method: 'POST', path, body: JSON.stringify(request) })
  if (status < 400) return (JSON.parse(body) as { status: { token: string } }).status.token
  const refusal = readStatus(status, body)
  // "the server could not find the requested resource": this API server signs no tokens with an expiry.
  if (status === 404 && !refusal.message.includes('not found')) return secretToken(api, account)
  throw new KubernetesError(status, refusal.reason, `the cluster gave no token for the student: ${refusal.message}`)
}

/** The token of a Secret that belongs to the account; such a token has no expiry and ends with the account. */
async function secretToken(api: KubernetesApi, account: Account): Promise<string> {
  const name = `${account.name}-token`
  await api.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: account.namespace,
      annotations: { 'kubernetes.io/service-account.name': account.name },
    },
    type: 'kubernetes.io/service-account-token',
  })
  const deadline = Date.now() + secretTimeoutMs
  for (;;) {
    const secret = await api.get<KubeObject & { data?: { token?: string } }>({
      kind: 'Secret',
      namespace: account.namespace,
      name,
    })
    const token = secret.data?.token
    if (token) return Buffer.from(token, 'base64').toString('utf8')
    if (Date.now() > deadline) throw new Error(`the cluster put no token into Secret ${account.namespace}/${name}`)
    await new Promise((resolve) => setTimeout(resolve, secretPollMs))
  }
}

/** When half of a token's life is over, in ms since 1970; undefined for one without an end. */
export function renewalTime(token: string): number | undefined {
  try {
    const { iat, exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof exp === 'number' && typeof iat === 'number' ? ((iat + exp) / 2) * 1000 : undefined
  } catch {
    return undefined
  }
}
