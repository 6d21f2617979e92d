import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { EndpointSlice } from '../types.ts'
import { listWithMore } from '../workload-cells.ts'
import { endpointSliceChange, endpointSliceErrors } from './validation.ts'

/** Some of the addresses behind a Service. */
export const endpointSlice = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  validate: endpointSliceErrors,
  validateUpdate: endpointSliceChange,
  hasGeneration: true,
  generationFields: ['addressType', 'endpoints', 'ports'],
  columns: [nameColumn, plain('AddressType'), plain('Ports'), plain('Endpoints'), ageColumn],
  cells: ({ metadata, addressType, ports, endpoints }, { nowMs }) => [
    metadata.name,
    addressType,
    listWithMore(
      (ports ?? []).map(({ port, name }) => String(port ?? name ?? '*')),
      3,
    ) || '<unset>',
    listWithMore(
      (endpoints ?? []).flatMap(({ addresses }) => addresses),
      3,
    ) || '<unset>',
    age(metadata.creationTimestamp, nowMs),
  ],
  applyDefaults(slice) {
    for (const port of slice.ports ?? []) {
      port.name ??= ''
      port.protocol ||= 'TCP'
    }
  },
})
