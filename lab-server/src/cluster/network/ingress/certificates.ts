// Which certificate the controller shows for a host: the one of an Ingress's Secret, or its own fake one.
import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { issueCertificate, type KeyPair } from '../../apiserver/tls/certificate.ts'
import type { Clock } from '../../clock.ts'
import type { Ingress, Secret } from '../../objects/types.ts'

export interface CertificateWorld {
  ingresses(): Ingress[]
  findSecret(namespace: string, name: string): Secret | undefined
}

export interface Certificates {
  /** What a TLS client that asks for `host` gets. */
  contextFor(host: string): SecureContext
  /** Whether a Secret holds a pair that can be served for `host`. */
  hasCertificate(host: string): boolean
  readonly fake: KeyPair
}

/** Makes the controller's certificates; the fake one is issued once, when first needed. */
export function makeCertificates(world: CertificateWorld, clock: Clock): Certificates {
  let fake: KeyPair | undefined
  const contexts = new WeakMap<Secret, SecureContext | undefined>()

  const getFake = () => {
    fake ??= issueCertificate({
      commonName: 'Kubernetes Ingress Controller Fake Certificate',
      organizations: ['Acme Co'],
      hosts: ['ingress.local'],
      use: 'server',
      nowMs: clock.now(),
      days: 365,
    })
    return fake
  }
  const contextOf = (secret: Secret) => {
    if (!contexts.has(secret)) contexts.set(secret, readContext(secret))
    return contexts.get(secret)
  }
  const find = (host: string) => {
    for (const { metadata, spec } of world.ingresses()) {
      for (const { hosts, secretName } of spec?.tls ?? []) {
        if (!secretName || !(hosts ?? []).some((one) => matchesHost(one, host))) continue
        const secret = world.findSecret(metadata.namespace ?? '', secretName)
        const context = secret && contextOf(secret)
        if (context) return context
      }
    }
    return undefined
  }
  return {
    contextFor(host) {
      const { certificate, key } = getFake()
      return find(host) ?? createSecureContext({ cert: certificate, key })
    },
    hasCertificate: (host) => find(host) !== undefined,
    get fake() {
      return getFake()
    },
  }
}

/** An expired certificate is served as it is: the client is to see that it is. */
function readContext({ data }: Secret): SecureContext | undefined {
  const read = (name: string) => Buffer.from(data?.[name] ?? '', 'base64').toString('utf8')
  try {
    new X509Certificate(read('tls.crt'))
    return createSecureContext({ cert: read('tls.crt'), key: read('tls.key') })
  } catch {
    return undefined
  }
}

function matchesHost(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*.') && host.replace(/^[^.]+\./, '*.') === pattern)
}
