// Certificates of the cluster's own authority: EC P-256, SHA-256.
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { bits, boolean, encode, identifier, integer, octets, sequence, set, tagged, time, utf8 } from './der.ts'

/** A certificate and its private key, as PEM. */
export interface KeyPair {
  certificate: string
  key: string
}

/** What a certificate says of its holder. */
export interface CertificateRequest {
  commonName: string
  organizations?: string[]
  /** DNS names and IPv4 addresses of a server. */
  hosts?: string[]
  use: 'authority' | 'server' | 'client'
  nowMs: number
  days: number
}

const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'))

/** Issues a certificate with a new key; without an issuer it is self-signed. */
export function issueCertificate(request: CertificateRequest, issuer?: KeyPair): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const issuerKey = issuer?.key ?? key
  const subject = distinguishedName(request.commonName, request.organizations)
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(8)])),
    ecdsaWithSha256,
    issuer ? subjectOf(issuer.certificate) : subject,
    // An hour back, for clocks that disagree.
    sequence(time(request.nowMs - 3_600_000), time(request.nowMs + request.days * 86_400_000)),
    subject,
    spki,
    tagged(3, sequence(...extensions(request, spki, issuerKey))),
  )
  const certificate = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuerKey)))
  return { certificate: pem('CERTIFICATE', certificate), key }
}

/** The time until which a certificate is valid, in milliseconds since the epoch. */
export function validUntilMs(certificate: string): number {
  return Date.parse(new X509Certificate(certificate).validTo)
}

function extensions(request: CertificateRequest, spki: Buffer, issuerKey: string): Buffer[] {
  const { use, hosts = [] } = request
  // digitalSignature; an authority also signs certificates and revocation lists.
  const usage = use === 'authority' ? bits(Buffer.from([0x86]), 1) : bits(Buffer.from([0x80]), 7)
  const issuerSpki = createPublicKey(createPrivateKey(issuerKey)).export({ type: 'spki', format: 'der' })
  const list = [
    extension('2.5.29.15', true, usage),
    extension('2.5.29.19', true, use === 'authority' ? sequence(boolean(true)) : sequence()),
    extension('2.5.29.14', false, octets(keyIdentifier(spki))),
    extension('2.5.29.35', false, sequence(encode(0x80, keyIdentifier(issuerSpki)))),
  ]
  if (use !== 'authority') {
    const purpose = use === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'
    list.push(extension('2.5.29.37', false, sequence(identifier(purpose))))
  }
  if (hosts.length > 0) list.push(extension('2.5.29.17', false, sequence(...hosts.map(generalName))))
  return list
}

function extension(oid: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(identifier(oid), ...(isCritical ? [boolean(true)] : []), octets(value))
}

function generalName(host: string): Buffer {
  return isIPv4(host) ? encode(0x87, Buffer.from(host.split('.').map(Number))) : encode(0x82, Buffer.from(host))
}

function distinguishedName(commonName: string, organizations: string[] = []): Buffer {
  const attribute = (oid: string, value: string) => set(sequence(identifier(oid), utf8(value)))
  return sequence(
    ...organizations.map((organization) => attribute('2.5.4.10', organization)),
    attribute('2.5.4.3', commonName),
  )
}

/** The subject is the sixth item of the signed part; what comes before has a known number of items. */
function subjectOf(certificate: string): Buffer {
  const raw = new X509Certificate(certificate).raw
  const body = itemAt(raw, contentStart(raw, 0))
  let offset = contentStart(body, 0)
  for (let skipped = 0; skipped < 5; skipped += 1) offset += itemAt(body, offset).length
  return itemAt(body, offset)
}

function contentStart(bytes: Buffer, offset: number): number {
  const length = bytes[offset + 1] ?? 0
  return offset + 2 + (length & 0x80 ? length & 0x7f : 0)
}

function itemAt(bytes: Buffer, offset: number): Buffer {
  const start = contentStart(bytes, offset)
  const short = bytes[offset + 1] ?? 0
  const length = short & 0x80 ? bytes.readUIntBE(offset + 2, short & 0x7f) : short
  return bytes.subarray(offset, start + length)
}

/** Only has to be the same for the same key: a truncated SHA-256 as RFC 7093 proposes. */
function keyIdentifier(spki: Buffer): Buffer {
  return spki.subarray(-64).subarray(0, 20)
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
