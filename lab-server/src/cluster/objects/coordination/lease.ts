import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { Lease } from '../types.ts'

/** Who holds something, and until when. */
export const lease = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  columns: [nameColumn, plain('Holder'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    spec?.holderIdentity ?? '',
    age(metadata.creationTimestamp, nowMs),
  ],
})
