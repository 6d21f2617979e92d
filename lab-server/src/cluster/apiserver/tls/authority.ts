// The cluster's keys, kept in its data folder: certificate authority, server, administrator, and the key that signs tokens.
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { issueCertificate, type KeyPair, validUntilMs } from './certificate.ts'

/** Everything secret of one cluster. */
export interface Authority {
  ca: KeyPair
  server: KeyPair
  administrator: KeyPair
  /** EC P-256 private key, PEM: signs service account tokens. */
  tokenKey: string
}

const serverHosts = [
  '127.0.0.1',
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]

/** Opens the keys in `dir`, making what is missing or about to expire; without `dir` they live in memory. */
export function openAuthority(options: { dir?: string; addresses?: string[]; nowMs: number }): Authority {
  const { dir, addresses = [], nowMs } = options
  if (dir) mkdirSync(dir, { recursive: true, mode: 0o700 })

  function keptPair(name: string, make: () => KeyPair, isUsable = (_certificate: string) => true): KeyPair {
    const certificatePath = dir && join(dir, `${name}.crt`)
    const keyPath = dir && join(dir, `${name}.key`)
    if (certificatePath && keyPath && existsSync(certificatePath) && existsSync(keyPath)) {
      const pair = { certificate: readFileSync(certificatePath, 'utf8'), key: readFileSync(keyPath, 'utf8') }
      if (validUntilMs(pair.certificate) > nowMs + 86_400_000 && isUsable(pair.certificate)) return pair
    }
    const pair = make()
    if (certificatePath) writeFileSync(certificatePath, pair.certificate, { mode: 0o600 })
    if (keyPath) writeFileSync(keyPath, pair.key, { mode: 0o600 })
    return pair
  }

  function keptKey(name: string): string {
    const path = dir && join(dir, `${name}.key`)
    if (path && existsSync(path)) return readFileSync(path, 'utf8')
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
    if (path) writeFileSync(path, key, { mode: 0o600 })
    return key.toString()
  }

  const ca = keptPair('ca', () => issueCertificate({ commonName: 'kubernetes', use: 'authority', nowMs, days: 3650 }))
  const hosts = [...serverHosts, ...addresses]
  return {
    ca,
    server: keptPair(
      'server',
      () => issueCertificate({ commonName: 'kube-apiserver', use: 'server', hosts, nowMs, days: 3650 }, ca),
      // The network may be another one than at the last start.
      (certificate) => addresses.every((address) => new X509Certificate(certificate).checkIP(address)),
    ),
    administrator: keptPair('administrator', () =>
      issueCertificate(
        { commonName: 'admin', organizations: ['system:masters'], use: 'client', nowMs, days: 3650 },
        ca,
      ),
    ),
    tokenKey: keptKey('tokens'),
  }
}
