// Rules for the ports of Services.
import type { FieldError } from '../kind-definition.ts'
import type { Service } from '../types.ts'
import { duplicate, forbidden, invalidEach, notSupported, required } from '../validation/errors.ts'
import { dnsLabelProblems, labelKeyProblems } from '../validation/names.ts'
import { portNumber, portNumberOrName } from '../validation/numbers.ts'

type Spec = NonNullable<Service['spec']>
type Port = NonNullable<Spec['ports']>[number]

const protocols = ['SCTP', 'TCP', 'UDP']

/** Checks each port; of several, each needs a name of its own. */
export function servicePortErrors(field: string, ports: Spec['ports']): FieldError[] {
  const names = new Set<string>()
  const needsName = (ports?.length ?? 0) > 1
  return (ports ?? []).flatMap((port, i) => onePortErrors(`${field}[${i}]`, port, needsName, names))
}

function onePortErrors(field: string, port: Port, needsName: boolean, names: Set<string>): FieldError[] {
  const errors: FieldError[] = []
  if (port.name) {
    errors.push(...invalidEach(`${field}.name`, port.name, dnsLabelProblems(port.name)))
    if (names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name))
    names.add(port.name)
  } else if (needsName) errors.push(required(`${field}.name`))
  errors.push(...portNumber(`${field}.port`, port.port))
  if (!port.protocol) errors.push(required(`${field}.protocol`))
  else if (!protocols.includes(port.protocol)) errors.push(notSupported(`${field}.protocol`, port.protocol, protocols))
  errors.push(...portNumberOrName(`${field}.targetPort`, port.targetPort))
  if (port.appProtocol === undefined) return errors
  return [...errors, ...invalidEach(`${field}.appProtocol`, port.appProtocol, labelKeyProblems(port.appProtocol))]
}

/** Checks that no two ports are the same, and none is a node's where it may not. */
export function repeatedPorts({ ports = [], type }: Spec): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, { nodePort }] of ports.entries()) {
    const rule = "may not be used when `type` is 'ClusterIP'"
    if (type === 'ClusterIP' && nodePort) errors.push(forbidden(`spec.ports[${i}].nodePort`, rule))
  }
  for (const i of repeated(ports, ({ protocol, nodePort }) => (nodePort ? `${protocol}/${nodePort}` : undefined))) {
    errors.push(duplicate(`spec.ports[${i}].nodePort`, ports[i]?.nodePort))
  }
  for (const i of repeated(ports, ({ protocol, port }) => `${protocol}/${port}`)) {
    const { protocol: Protocol, port: Port } = ports[i] ?? {}
    // The value is upstream's internal form of a port of which only the key is filled in.
    const value = { Name: '', Protocol, AppProtocol: null, Port, TargetPort: 0, NodePort: 0 }
    errors.push(duplicate(`spec.ports[${i}]`, value))
  }
  return errors
}

function repeated(ports: Port[], keyOf: (port: Port) => string | undefined): number[] {
  const keys = ports.map(keyOf)
  return keys.flatMap((key, i) => (key !== undefined && keys.indexOf(key) < i ? [i] : []))
}
