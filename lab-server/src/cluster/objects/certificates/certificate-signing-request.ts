import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age, humanDuration } from '../human-duration.ts'
import type { CertificateSigningRequest } from '../types.ts'

/** A request for a certificate, to be approved and signed. */
export const certificateSigningRequest = defineKind<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  subresources: { status: true },
  otherSubresources: [{ name: 'approval', kind: 'CertificateSigningRequest', verbs: ['get', 'patch', 'update'] }],
  columns: [
    nameColumn,
    ageColumn,
    plain('SignerName'),
    plain('Requestor'),
    plain('RequestedDuration'),
    plain('Condition'),
  ],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    age(metadata.creationTimestamp, nowMs),
    spec?.signerName ?? '',
    spec?.username ?? '',
    spec?.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
    condition(status),
  ],
  selectableFields: { 'spec.signerName': ({ spec }) => spec?.signerName ?? '' },
})

function condition(status: CertificateSigningRequest['status']): string {
  const types = (status?.conditions ?? []).map(({ type }) => type)
  const words: string[] = types.filter((type) => type === 'Denied' || type === 'Failed')
  if (types.includes('Approved') && words.length === 0) words.push('Approved')
  if (words.length === 0) words.push('Pending')
  if (status?.certificate) words.push('Issued')
  return words.join()
}
