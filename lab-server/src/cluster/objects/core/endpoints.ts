import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { endpointsErrors } from '../discovery/validation.ts'
import { age } from '../human-duration.ts'
import type { Endpoints } from '../types.ts'
import { listWithMore } from '../workload-cells.ts'

/** The addresses behind a Service, in the form that came before EndpointSlices. */
export const endpoints = defineKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  validate: endpointsErrors,
  shortNames: ['ep'],
  columns: [nameColumn, plain('Endpoints'), ageColumn],
  cells: (endpoints, { nowMs }) => [
    endpoints.metadata.name,
    endpoints.subsets?.length ? listWithMore(addresses(endpoints), 3) : '<none>',
    age(endpoints.metadata.creationTimestamp, nowMs),
  ],
  applyDefaults(endpoints) {
    for (const subset of endpoints.subsets ?? []) {
      for (const port of subset.ports ?? []) port.protocol ||= 'TCP'
    }
  },
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
})

function addresses(endpoints: Endpoints): string[] {
  return (endpoints.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip)
    return ports.flatMap(({ port }) =>
      addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
    )
  })
}
