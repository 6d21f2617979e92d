// EndpointSlices for Endpoints that a user wrote by hand, for a Service without a selector.
import { isDeepStrictEqual } from 'node:util'
import type { EndpointSlice, Endpoints } from '../../objects/types.ts'
import { controllerReference } from '../ownership.ts'
import { defineController, keyOf, mapKind } from '../runtime.ts'
import { hasManagedEndpoints } from './service-pods.ts'

const managedBy = 'endpointslice.kubernetes.io/managed-by'
const ours = 'endpointslicemirroring-controller.k8s.io'
const skip = 'endpointslice.kubernetes.io/skip-mirror'

/** Mirrors hand-written Endpoints into EndpointSlices. */
export const endpointsMirror = defineController({
  kind: 'Endpoints',
  owns: ['EndpointSlice'],
  watches: [mapKind('Service', ({ object }) => [keyOf(object)])],
  async reconcile(endpoints, { client }) {
    const existing = client
      .listOwned('EndpointSlice', endpoints)
      .filter(({ metadata }) => metadata.labels?.[managedBy] === ours)
    const service = client.find('Service', keyOf(endpoints))
    const isOthers = endpoints.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller'
    // The API server writes both kinds for its own Service.
    const isApiServer = endpoints.metadata.name === 'kubernetes' && endpoints.metadata.namespace === 'default'
    const isMirrored =
      service &&
      !isOthers &&
      !isApiServer &&
      !hasManagedEndpoints(service) &&
      endpoints.metadata.labels?.[skip] !== 'true'
    const wanted = isMirrored ? mirrorSlices(endpoints) : []
    for (const [index, slice] of wanted.entries()) {
      const current = existing[index]
      if (!current) await client.create(slice)
      else if (!isDeepStrictEqual([current.endpoints, current.ports], [slice.endpoints, slice.ports])) {
        const { generateName: _, ...metadata } = slice.metadata
        await client.update({ ...slice, metadata: { ...current.metadata, ...metadata } })
      }
    }
    for (const slice of existing.slice(wanted.length)) await client.remove('EndpointSlice', keyOf(slice))
    return undefined
  },
})

/** One slice for each subset. */
export function mirrorSlices(endpoints: Endpoints): EndpointSlice[] {
  const { name = '', namespace = '', labels = {} } = endpoints.metadata
  return (endpoints.subsets ?? []).map(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const toEndpoint = (ready: boolean) => (address: (typeof addresses)[number]) => ({
      addresses: [address.ip],
      conditions: { ready },
      ...(address.hostname ? { hostname: address.hostname } : {}),
      ...(address.nodeName ? { nodeName: address.nodeName } : {}),
      ...(address.targetRef ? { targetRef: address.targetRef } : {}),
    })
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        generateName: `${name}-`,
        namespace,
        labels: { ...labels, [managedBy]: ours, 'kubernetes.io/service-name': name },
        ownerReferences: [controllerReference(endpoints)],
      },
      addressType: 'IPv4',
      endpoints: [...addresses.map(toEndpoint(true)), ...notReadyAddresses.map(toEndpoint(false))],
      ports: ports.map(({ name: port = '', ...rest }) => ({ name: port, ...rest })),
    }
  })
}
