// The names of the cluster: `svc.cluster.local` as the DNS specification of Kubernetes has it.
import type { EndpointSlice, Service } from '../../objects/types.ts'
import { endpointsOf } from '../routing/plan-routes.ts'
import { type RecordType, type ResourceRecord, type Response, typeNumbers } from './message.ts'

/** Where records come from. */
export interface DnsWorld {
  services(): Service[]
  findService(namespace: string, name: string): Service | undefined
  slicesOf(namespace: string, service: string): EndpointSlice[]
  hasNamespace(name: string): boolean
}

const zone = 'cluster.local'
const ttl = 30

/** Answers one question about a name; what the cluster does not know does not exist. */
export function answerQuestion(world: DnsWorld, name: string, type: number, depth = 0): Response {
  const asked = name.toLowerCase().replace(/\.$/, '')
  const found = asked.endsWith('.in-addr.arpa') ? reverseRecords(world, asked) : forwardRecords(world, asked)
  if (found === undefined) return { code: 'NXDOMAIN', answers: [], authority: [authorityOf(asked)] }
  const wanted = found.records
    .filter((record) => typeNumbers[record.type] === type || type === typeNumbers.ANY || record.type === 'CNAME')
    .map((record) => ({ ...record, name }))
  const alias = wanted.find((record) => record.type === 'CNAME')
  if (alias?.type === 'CNAME' && type !== typeNumbers.CNAME && depth < 8) {
    const target = answerQuestion(world, alias.target, type, depth + 1)
    return { code: target.code, answers: [alias, ...target.answers] }
  }
  if (wanted.length === 0) return { code: 'NOERROR', answers: [], authority: [authorityOf(asked)] }
  return { code: 'NOERROR', answers: wanted, additional: found.additional ?? [] }
}

interface Found {
  records: ResourceRecord[]
  additional?: ResourceRecord[]
}

const addressRecord = (name: string, address: string): ResourceRecord => ({ name, ttl, type: 'A', address })

function forwardRecords(world: DnsWorld, name: string): Found | undefined {
  const suffix = `.svc.${zone}`
  if ([zone, `svc.${zone}`].includes(name)) return { records: [] }
  if (!name.endsWith(suffix)) return podRecords(name)
  const labels = name.slice(0, -suffix.length).split('.')
  const namespace = labels.pop() ?? ''
  const serviceName = labels.pop()
  if (serviceName === undefined) return world.hasNamespace(namespace) ? { records: [] } : undefined
  const service = world.findService(namespace, serviceName)
  if (!service) return undefined
  if (service.spec?.type === 'ExternalName') {
    const target = service.spec.externalName ?? ''
    return labels.length === 0 ? { records: [{ name, ttl, type: 'CNAME', target }] } : undefined
  }
  const [first, second] = labels
  if (first === undefined) return { records: serviceAddresses(world, service).map((ip) => addressRecord(name, ip)) }
  if (second === undefined) return endpointRecords(world, service, name, first)
  if (labels.length === 2 && first.startsWith('_') && second.startsWith('_')) {
    return portRecords(world, service, { name, port: first.slice(1), protocol: second.slice(1) })
  }
  return undefined
}

/** `10-42-0-5.namespace.pod.cluster.local` */
function podRecords(name: string): Found | undefined {
  const match = /^(\d+-\d+-\d+-\d+)\.[a-z0-9-]+\.pod\.cluster\.local$/.exec(name)
  return match?.[1] ? { records: [addressRecord(name, match[1].replaceAll('-', '.'))] } : undefined
}

function isHeadless({ spec }: Service): boolean {
  return spec?.clusterIP === 'None'
}

function serviceAddresses(world: DnsWorld, service: Service): string[] {
  const { clusterIP } = service.spec ?? {}
  if (!isHeadless(service)) return clusterIP ? [clusterIP] : []
  return [...new Set(namedEndpoints(world, service).map(({ ip }) => ip))]
}

/** Endpoints of a headless service with the names they answer to: the pod's host name, or its address. */
function namedEndpoints(world: DnsWorld, service: Service): { label: string; ip: string }[] {
  const { namespace = '', name = '' } = service.metadata
  return world
    .slicesOf(namespace, name)
    .flatMap(({ endpoints }) =>
      (endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses, hostname }) =>
          addresses.map((ip) => ({ label: hostname ?? ip.replaceAll('.', '-'), ip })),
        ),
    )
}

function endpointRecords(world: DnsWorld, service: Service, name: string, label: string): Found | undefined {
  if (!isHeadless(service)) return undefined
  const matching = namedEndpoints(world, service).filter((endpoint) => endpoint.label === label)
  return matching.length > 0 ? { records: matching.map(({ ip }) => addressRecord(name, ip)) } : undefined
}

function portRecords(
  world: DnsWorld,
  service: Service,
  wanted: { name: string; port: string; protocol: string },
): Found | undefined {
  const port = service.spec?.ports?.find(
    ({ name, protocol }) => name === wanted.port && (protocol ?? 'TCP').toLowerCase() === wanted.protocol,
  )
  if (!port) return undefined
  const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${zone}`
  const record = (number: number, target: string): ResourceRecord => ({
    name: wanted.name,
    ttl,
    type: 'SRV',
    priority: 0,
    weight: 100,
    port: number,
    target,
  })
  if (!isHeadless(service)) {
    const additional = serviceAddresses(world, service).map((ip) => addressRecord(base, ip))
    return { records: [record(port.port, base)], additional }
  }
  const names = namedEndpoints(world, service)
  const slices = world.slicesOf(service.metadata.namespace ?? '', service.metadata.name ?? '')
  const number = endpointsOf(slices, port)[0]?.port ?? port.port
  return {
    records: names.map(({ label }) => record(number, `${label}.${base}`)),
    additional: names.map(({ label, ip }) => addressRecord(`${label}.${base}`, ip)),
  }
}

function reverseRecords(world: DnsWorld, name: string): Found | undefined {
  const ip = name.replace('.in-addr.arpa', '').split('.').reverse().join('.')
  const pointer = (target: string): Found => ({ records: [{ name, ttl, type: 'PTR', target }] })
  for (const service of world.services()) {
    const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${zone}`
    if (service.spec?.clusterIP === ip) return pointer(base)
    if (!isHeadless(service)) continue
    const endpoint = namedEndpoints(world, service).find((one) => one.ip === ip)
    if (endpoint) return pointer(`${endpoint.label}.${base}`)
  }
  return undefined
}

function authorityOf(name: string): ResourceRecord {
  const owner = name.endsWith(zone) ? zone : name.slice(name.lastIndexOf('.') + 1)
  return { name: owner, ttl: 5, type: 'SOA', primary: `ns.dns.${zone}`, mailbox: `hostmaster.${zone}`, serial: 1 }
}

/** Types by number, for log lines. */
export function typeName(type: number): RecordType | string {
  return Object.entries(typeNumbers).find(([, number]) => number === type)?.[0] ?? `TYPE${type}`
}
