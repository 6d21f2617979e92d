// Addresses and node ports of Services. Claimed in the turn of the write, so that nothing leaks when a request is refused.
import type { FieldError } from '../../objects/kind-definition.ts'
import type { KubeObject, Service } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import { invalid } from '../errors.ts'
import type { ServiceAddresses } from '../registry-core.ts'
import type { AdmissionRequest, AdmissionStep } from './chain.ts'

const nodePorts = { first: 30000, last: 32767 }

/** Gives Services what they need and did not ask for by name. */
export function serviceAllocation({ store, addresses }: { store: Store; addresses: ServiceAddresses }): AdmissionStep {
  return {
    name: 'ServiceAllocation',
    mutate({ operation, kind, object, old }) {
      if (kind.group !== '' || kind.kind !== 'Service') return
      if (operation === 'UPDATE' && old) keepAllocated(object as unknown as Service, old as unknown as Service)
    },
    validate(request) {
      const { operation, kind, object, subresource } = request
      if (kind.group !== '' || kind.kind !== 'Service' || operation === 'DELETE' || subresource === 'status') return
      const service = object as unknown as Service
      allocateAddress(request, service)
      allocatePorts(request, service)
    },
  }

  function allocateAddress(request: AdmissionRequest, service: Service): void {
    const { spec } = service
    const before = (request.old as unknown as Service | undefined)?.spec?.clusterIP
    if (!spec) return
    const isHeadless = spec.clusterIP === 'None'
    if (spec.type === 'ExternalName') {
      if (before && before !== 'None' && !request.context.isDryRun) addresses.releaseServiceIp(before)
      delete spec.clusterIP
      delete spec.clusterIPs
      return
    }
    spec.ipFamilies ??= ['IPv4']
    spec.ipFamilyPolicy ??= 'SingleStack'
    if (isHeadless) {
      spec.clusterIPs = ['None']
      return
    }
    if (spec.clusterIP && spec.clusterIP === before) return
    const wanted = spec.clusterIP || undefined
    try {
      spec.clusterIP = addresses.claimServiceIp(wanted)
    } catch (error) {
      throw cannotAllocate(request, wanted, error)
    }
    spec.clusterIPs = [spec.clusterIP]
    if (request.context.isDryRun) addresses.releaseServiceIp(spec.clusterIP)
  }

  function allocatePorts(request: AdmissionRequest, { spec, metadata }: Service): void {
    if (spec?.type !== 'NodePort' && spec?.type !== 'LoadBalancer') return
    if (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false) return
    const taken = takenPorts(metadata.uid)
    const errors: FieldError[] = []
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if (!port.nodePort) continue
      const error = portError(port.nodePort, taken.has(`${port.protocol}/${port.nodePort}`))
      if (error) errors.push({ field: `spec.ports[${index}].nodePort`, type: 'FieldValueInvalid', message: error })
      taken.add(`${port.protocol}/${port.nodePort}`)
    }
    if (errors.length > 0) throw invalid(request.kind, request.name, errors)
    for (const port of spec.ports ?? []) {
      if (port.nodePort) continue
      port.nodePort = freePort(taken, port.protocol ?? 'TCP')
      taken.add(`${port.protocol ?? 'TCP'}/${port.nodePort}`)
    }
  }

  function takenPorts(exceptUid: string | undefined): Set<string> {
    const taken = new Set<string>()
    for (const service of store.list('services') as unknown as Service[]) {
      if (service.metadata.uid === exceptUid) continue
      for (const { nodePort, protocol } of service.spec?.ports ?? []) if (nodePort) taken.add(`${protocol}/${nodePort}`)
    }
    return taken
  }
}

function portError(port: number, isTaken: boolean): string | undefined {
  if (port < nodePorts.first || port > nodePorts.last) {
    return `Invalid value: ${port}: provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`
  }
  return isTaken ? `Invalid value: ${port}: provided port is already allocated` : undefined
}

function freePort(taken: Set<string>, protocol: string): number {
  const count = nodePorts.last - nodePorts.first + 1
  const start = Math.floor(Math.random() * count)
  for (let step = 0; step < count; step += 1) {
    const port = nodePorts.first + ((start + step) % count)
    if (!taken.has(`${protocol}/${port}`)) return port
  }
  throw new Error('range is full')
}

/** Someone who replaces a Service need not repeat what the server allocated. */
function keepAllocated({ spec }: Service, old: Service): void {
  const before = old.spec
  if (!spec || !before) return
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
    spec.clusterIP ||= before.clusterIP
    if (!spec.clusterIPs?.length && spec.clusterIP === before.clusterIP) spec.clusterIPs = before.clusterIPs
    spec.ipFamilies ??= before.ipFamilies
    spec.ipFamilyPolicy ??= before.ipFamilyPolicy
  }
  const hasPorts = (type: string | undefined) => type === 'NodePort' || type === 'LoadBalancer'
  if (!hasPorts(before.type)) return
  for (const port of spec.ports ?? []) {
    const same = before.ports?.find((other) => other.port === port.port && other.protocol === port.protocol)
    if (hasPorts(spec.type)) port.nodePort ||= same?.nodePort
    else if (port.nodePort !== undefined && port.nodePort === same?.nodePort) delete port.nodePort
  }
}

function cannotAllocate({ kind, name }: AdmissionRequest, wanted: string | undefined, error: unknown) {
  const why = error instanceof Error ? error.message : String(error)
  const shown = wanted ? `["${wanted}"]` : 'null'
  const prefix = wanted ? `failed to allocate IP ${wanted}: ` : 'failed to allocate a serviceIP: '
  const message = `Invalid value: ${shown}: ${why.startsWith('failed to allocate') ? '' : prefix}${why}`
  return invalid(kind, name, [{ field: 'spec.clusterIPs', type: 'FieldValueInvalid', message }])
}

/** The addresses that stored Services hold, to be claimed again when the server starts. */
export function allocatedAddresses(services: KubeObject[]): string[] {
  const addressOf = (service: KubeObject) => (service as unknown as Service).spec?.clusterIP
  return services.map(addressOf).filter((address): address is string => !!address && address !== 'None')
}
