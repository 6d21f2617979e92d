// Rules for the ports of containers.
import type { FieldError } from '../kind-definition.ts'
import type { Container, PodSpec } from '../types.ts'
import { duplicate, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { portNameProblems } from '../validation/names.ts'
import { portNumber } from '../validation/numbers.ts'

const protocols = ['SCTP', 'TCP', 'UDP']

/** Checks the ports that a container declares. */
export function containerPortErrors(field: string, ports: Container['ports']): FieldError[] {
  const names = new Set<string>()
  return (ports ?? []).flatMap(({ name, containerPort, hostPort, protocol }, i) => {
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    if (name) {
      const problems = portNameProblems(name)
      errors.push(...invalidEach(`${at}.name`, name, problems))
      if (problems.length === 0 && names.has(name)) errors.push(duplicate(`${at}.name`, name))
      names.add(name)
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`))
    else errors.push(...portNumber(`${at}.containerPort`, containerPort))
    if (hostPort) errors.push(...portNumber(`${at}.hostPort`, hostPort))
    if (!protocol) errors.push(required(`${at}.protocol`))
    else if (!protocols.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, protocols))
    return errors
  })
}

/** Checks that no two of the containers want the same port of the node. */
export function hostPortErrors(field: string, containers: Container[]): FieldError[] {
  const taken = new Set<string>()
  return containers.flatMap(({ ports }, i) =>
    (ports ?? []).flatMap(({ hostPort, hostIP = '', protocol }, j) => {
      if (!hostPort) return []
      const key = `${protocol}/${hostIP}/${hostPort}`
      const isTaken = taken.has(key)
      taken.add(key)
      return isTaken ? [duplicate(`${field}[${i}].ports[${j}].hostPort`, key)] : []
    }),
  )
}

/** On the node's network, a port of a container is a port of the node. A template may leave the latter out. */
export function hostNetworkErrors(
  field: string,
  { hostNetwork, containers }: PodSpec,
  { isPod }: { isPod: boolean },
): FieldError[] {
  if (!hostNetwork) return []
  return (containers ?? []).flatMap(({ ports }, i) =>
    (ports ?? []).flatMap(({ hostPort = 0, containerPort }, j) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [
            invalid(
              `${field}.containers[${i}].ports[${j}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ]
        : [],
    ),
  )
}
