// Service account tokens: JSON Web Tokens signed with the cluster's key (ES256), bound to objects that must still exist.
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'
import type { UserInfo } from '../request-context.ts'

/** The issuer, and the audience of tokens that name none. */
export const tokenIssuer = 'https://kubernetes.default.svc.cluster.local'

/** An object that a token dies with. */
export interface TokenBinding {
  kind: 'Pod' | 'Secret'
  name: string
  uid: string
}

/** What a token is to say. */
export interface TokenClaims {
  namespace: string
  serviceAccount: { name: string; uid: string }
  binding?: TokenBinding
  audiences: string[]
  expirationSeconds: number
}

/** A token that was read and holds. */
export interface VerifiedToken {
  user: UserInfo
  audiences: string[]
}

/** Issues and reads tokens. */
export interface Tokens {
  issue(claims: TokenClaims): { token: string; expiresMs: number }
  /** Who a token stands for; undefined when it is not ours, expired, or its account or pod is gone. */
  verify(token: string): VerifiedToken | undefined
  /** The public key as a JSON Web Key Set. */
  keySet(): unknown
}

interface Payload {
  aud: string[]
  exp: number
  iss: string
  jti: string
  nbf: number
  sub: string
  'kubernetes.io': {
    namespace: string
    serviceaccount: { name: string; uid: string }
    pod?: { name: string; uid: string }
    secret?: { name: string; uid: string }
  }
}

/** Makes the token authority of one cluster; `keyPem` is an EC P-256 private key. */
export function makeTokens({ keyPem, store, clock }: { keyPem: string; store: Store; clock: Clock }): Tokens {
  const privateKey = createPrivateKey(keyPem)
  const publicKey = createPublicKey(privateKey)
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const keyId = createHash('sha256').update(spki).digest('base64url')
  const header = encode({ alg: 'ES256', kid: keyId })
  const nowSeconds = () => Math.floor(clock.now() / 1000)

  function payloadOf(token: string): Payload | undefined {
    const [head, body, signature] = token.split('.')
    if (head !== header || body === undefined || signature === undefined) return undefined
    const data = Buffer.from(`${head}.${body}`)
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' as const }
    if (!verify('sha256', data, key, Buffer.from(signature, 'base64url'))) return undefined
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
  }

  function isAlive(bucket: string, namespace: string, bound: { name: string; uid: string } | undefined): boolean {
    if (bound === undefined) return true
    return store.find(bucket, `${namespace}/${bound.name}`)?.metadata.uid === bound.uid
  }

  return {
    issue({ namespace, serviceAccount, binding, audiences, expirationSeconds }) {
      const now = nowSeconds()
      const exp = now + expirationSeconds
      const bound = binding && { [binding.kind.toLowerCase()]: { name: binding.name, uid: binding.uid } }
      const body = encode({
        aud: audiences,
        exp,
        iat: now,
        iss: tokenIssuer,
        jti: randomUUID(),
        'kubernetes.io': { namespace, ...bound, serviceaccount: serviceAccount },
        nbf: now,
        sub: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
      })
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
      const signature = sign('sha256', Buffer.from(`${header}.${body}`), key).toString('base64url')
      return { token: `${header}.${body}.${signature}`, expiresMs: exp * 1000 }
    },

    verify(token) {
      const payload = payloadOf(token)
      const now = nowSeconds()
      if (payload === undefined || payload.iss !== tokenIssuer || payload.exp <= now || payload.nbf > now)
        return undefined
      const { namespace, serviceaccount, pod, secret } = payload['kubernetes.io']
      const lives =
        isAlive('serviceaccounts', namespace, serviceaccount) &&
        isAlive('pods', namespace, pod) &&
        isAlive('secrets', namespace, secret)
      if (!lives) return undefined
      const extra: Record<string, string[]> = { 'authentication.kubernetes.io/credential-id': [`JTI=${payload.jti}`] }
      if (pod) {
        extra['authentication.kubernetes.io/pod-name'] = [pod.name]
        extra['authentication.kubernetes.io/pod-uid'] = [pod.uid]
      }
      const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
      return { user: { username: payload.sub, uid: serviceaccount.uid, groups, extra }, audiences: payload.aud }
    },

    keySet() {
      return { keys: [{ use: 'sig', alg: 'ES256', kid: keyId, ...publicKey.export({ format: 'jwk' }) }] }
    },
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
