// Rules for probes and life-cycle hooks.
import type { FieldError } from '../kind-definition.ts'
import type { Container, PodSpec, Probe } from '../types.ts'
import { forbidden, invalid, notSupported, required } from '../validation/errors.ts'
import { nonNegative, portNumber, portNumberOrName } from '../validation/numbers.ts'

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & { sleep?: { seconds: number } }

/** Checks the probes and hooks of a container. */
export function probeErrors(field: string, container: Container, spec: PodSpec): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  const errors: FieldError[] = []
  for (const hook of ['postStart', 'preStop'] as const) {
    if (lifecycle?.[hook]) errors.push(...handlerErrors(`${field}.lifecycle.${hook}`, lifecycle[hook], spec))
  }
  errors.push(...oneProbeErrors(`${field}.livenessProbe`, livenessProbe, { mayRecover: false }))
  errors.push(...oneProbeErrors(`${field}.readinessProbe`, readinessProbe, { mayRecover: true }))
  errors.push(...oneProbeErrors(`${field}.startupProbe`, startupProbe, { mayRecover: false }))
  return errors
}

function oneProbeErrors(field: string, probe: Probe | undefined, rules: { mayRecover: boolean }): FieldError[] {
  if (!probe) return []
  const { terminationGracePeriodSeconds: grace, successThreshold = 1 } = probe
  const errors = [
    ...handlerErrors(field, probe),
    ...nonNegative(`${field}.initialDelaySeconds`, probe.initialDelaySeconds),
    ...nonNegative(`${field}.timeoutSeconds`, probe.timeoutSeconds),
    ...nonNegative(`${field}.periodSeconds`, probe.periodSeconds),
    ...nonNegative(`${field}.successThreshold`, probe.successThreshold),
    ...nonNegative(`${field}.failureThreshold`, probe.failureThreshold),
  ]
  const hasGrace = grace !== undefined && grace !== null
  if (hasGrace && grace <= 0) {
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'))
  }
  if (rules.mayRecover) {
    if (!hasGrace) return errors
    return [...errors, invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')]
  }
  if (successThreshold !== 1) errors.push(invalid(`${field}.successThreshold`, successThreshold, 'must be 1'))
  return errors
}

/** Only the first of several handlers is looked at. */
function handlerErrors(field: string, handler: Handler, spec?: PodSpec): FieldError[] {
  const types = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const
  const [first, ...more] = types.filter((type) => handler[type])
  if (!first) return [required(field, 'must specify a handler type')]
  const others = more.map((type) => forbidden(`${field}.${type}`, 'may not specify more than 1 handler type'))
  return [...oneHandlerErrors(`${field}.${first}`, { [first]: handler[first] }, spec), ...others]
}

function oneHandlerErrors(
  field: string,
  { exec, httpGet, tcpSocket, grpc, sleep }: Handler,
  spec?: PodSpec,
): FieldError[] {
  if (exec) return exec.command?.length ? [] : [required(`${field}.command`)]
  if (httpGet) return httpErrors(field, httpGet)
  if (tcpSocket) return portNumberOrName(`${field}.port`, tcpSocket.port)
  if (grpc) return portNumber(`${field}.port`, grpc.port)
  return sleep ? sleepErrors(field, sleep.seconds, spec) : []
}

function sleepErrors(field: string, seconds: number, spec?: PodSpec): FieldError[] {
  const grace = spec?.terminationGracePeriodSeconds
  if (grace === undefined || grace === null || (seconds >= 0 && seconds <= grace)) return []
  const rule = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`
  return [invalid(field, seconds, rule)]
}

function httpErrors(field: string, { path, port, scheme, httpHeaders }: NonNullable<Probe['httpGet']>): FieldError[] {
  const errors = path ? [] : [required(`${field}.path`)]
  errors.push(...portNumberOrName(`${field}.port`, port))
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') errors.push(notSupported(`${field}.scheme`, scheme, ['HTTP', 'HTTPS']))
  for (const { name = '' } of httpHeaders ?? []) {
    if (/^[-A-Za-z0-9]+$/.test(name)) continue
    const rule =
      "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
    errors.push(invalid(`${field}.httpHeaders`, name, rule))
  }
  return errors
}
