// Rules for probes and life-cycle hooks.
import type { FieldError } from '../kind-definition.ts'
import type { Container, Probe } from '../types.ts'
import { forbidden, invalid, notSupported, required } from '../validation/errors.ts'
import { nonNegative, portNumber, portNumberOrName } from '../validation/numbers.ts'

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & { sleep?: { seconds: number } }

/** Checks the probes and hooks of a container. */
export function probeErrors(field: string, container: Container): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  const errors: FieldError[] = []
  if (lifecycle?.postStart) errors.push(...handlerErrors(`${field}.lifecycle.postStart`, lifecycle.postStart))
  if (lifecycle?.preStop) errors.push(...handlerErrors(`${field}.lifecycle.preStop`, lifecycle.preStop))
  errors.push(...oneProbeErrors(`${field}.livenessProbe`, livenessProbe, { mayRecover: false }))
  errors.push(...oneProbeErrors(`${field}.readinessProbe`, readinessProbe, { mayRecover: true }))
  errors.push(...oneProbeErrors(`${field}.startupProbe`, startupProbe, { mayRecover: false }))
  return errors
}

function oneProbeErrors(field: string, probe: Probe | undefined, rules: { mayRecover: boolean }): FieldError[] {
  if (!probe) return []
  const errors = [
    ...handlerErrors(field, probe),
    ...nonNegative(`${field}.initialDelaySeconds`, probe.initialDelaySeconds),
    ...nonNegative(`${field}.timeoutSeconds`, probe.timeoutSeconds),
    ...nonNegative(`${field}.periodSeconds`, probe.periodSeconds),
    ...nonNegative(`${field}.successThreshold`, probe.successThreshold),
    ...nonNegative(`${field}.failureThreshold`, probe.failureThreshold),
  ]
  const { terminationGracePeriodSeconds: grace, successThreshold = 1 } = probe
  if (rules.mayRecover) {
    if (grace !== undefined && grace !== null) {
      errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'))
    }
    return errors
  }
  if (grace !== undefined && grace !== null && grace <= 0) {
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'))
  }
  if (successThreshold !== 1) errors.push(invalid(`${field}.successThreshold`, successThreshold, 'must be 1'))
  return errors
}

function handlerErrors(field: string, handler: Handler): FieldError[] {
  const errors: FieldError[] = []
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler
  const given = [exec && 'exec', httpGet && 'httpGet', tcpSocket && 'tcpSocket', grpc && 'grpc', sleep && 'sleep']
  const [, ...more] = given.filter((name) => name !== undefined)
  if (given.every((name) => name === undefined)) errors.push(required(field, 'must specify a handler type'))
  for (const name of more) errors.push(forbidden(`${field}.${name}`, 'may not specify more than 1 handler type'))
  if (exec && !exec.command?.length) errors.push(required(`${field}.exec.command`))
  if (httpGet) errors.push(...httpErrors(`${field}.httpGet`, httpGet))
  if (tcpSocket) errors.push(...portNumberOrName(`${field}.tcpSocket.port`, tcpSocket.port))
  if (grpc) errors.push(...portNumber(`${field}.grpc.port`, grpc.port))
  return errors
}

function httpErrors(field: string, { path, port, scheme, httpHeaders }: NonNullable<Probe['httpGet']>): FieldError[] {
  const errors = path ? [] : [required(`${field}.path`)]
  errors.push(...portNumberOrName(`${field}.port`, port))
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') errors.push(notSupported(`${field}.scheme`, scheme, ['HTTP', 'HTTPS']))
  for (const { name } of httpHeaders ?? []) {
    if (/^[-A-Za-z0-9]+$/.test(name)) continue
    const rule =
      "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
    errors.push(invalid(`${field}.httpHeaders`, name, rule))
  }
  return errors
}
