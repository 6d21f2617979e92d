// What an API server warns of in containers.
import type { Container, PodSpec } from '../types.ts'
import { fractionWarnings } from './fraction-warnings.ts'

type Port = NonNullable<Container['ports']>[number]

/** Warnings about the containers of a pod, and about ports that several of them have. */
export function containerWarnings(field: string, spec: PodSpec): string[] {
  const lists = { initContainers: spec.initContainers ?? [], containers: spec.containers ?? [] }
  const all = Object.entries(lists).flatMap(([list, containers]) =>
    containers.map((container, i) => ({ at: `${field}.${list}[${i}]`, container })),
  )
  const each = all.flatMap(({ at, container }) => [...amountWarnings(at, container), ...envWarnings(at, container)])
  const ports = all.flatMap(({ at, container }) =>
    (container.ports ?? []).map((port, i) => ({ at: `${at}.ports[${i}]`, port })),
  )
  return [...each, ...portWarnings(ports)]
}

function amountWarnings(at: string, { resources }: Container): string[] {
  return ['memory', 'ephemeral-storage'].flatMap((resource) => [
    ...fractionWarnings(`${at}.resources.limits[${resource}]`, resources?.limits?.[resource]),
    ...fractionWarnings(`${at}.resources.requests[${resource}]`, resources?.requests?.[resource]),
  ])
}

/** A variable may be defined again when the later value builds on the earlier one. */
function envWarnings(at: string, { env = [] }: Container): string[] {
  const names = new Set<string>()
  return env.flatMap(({ name, value = '', valueFrom }, i) => {
    const isAgain = names.has(name)
    names.add(name)
    const reference = `$(${name})`
    if (!isAgain || (!valueFrom && value !== reference && value.includes(reference))) return []
    return [
      `${at}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
    ]
  })
}

interface PlacedPort {
  at: string
  port: Port
}

function portWarnings(ports: PlacedPort[]): string[] {
  return ports.flatMap(({ at, port }, i) => {
    const isSame = ({ port: other }: PlacedPort) =>
      other.containerPort === port.containerPort && other.protocol === port.protocol
    const clashes = ports
      .slice(0, i)
      .filter(isSame)
      .flatMap((other) => clash(at, port, other))
    return port.hostIP && !port.hostPort ? [`${at}: hostIP set without hostPort: ${shown(port)}`, ...clashes] : clashes
  })
}

function clash(at: string, { hostIP = '', hostPort = 0 }: Port, other: PlacedPort): string[] {
  const { hostIP: otherIP = '', hostPort: otherPort = 0 } = other.port
  if (hostIP === otherIP && hostPort === otherPort) return [`${at}: duplicate port definition with ${other.at}`]
  if (hostPort === 0 || otherPort === 0) return [`${at}: overlapping port definition with ${other.at}`]
  if (hostPort !== otherPort || (hostIP === '') === (otherIP === '')) return []
  return [`${at}: dangerously ambiguous port definition with ${other.at}`]
}

/** A port as Go prints it. */
function shown({ name = '', hostPort = 0, containerPort, protocol = '', hostIP = '' }: Port): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`
}
