// Rules for containers.
import type { FieldError } from '../kind-definition.ts'
import type { Container, PodSpec } from '../types.ts'
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { dnsLabelProblems, portNameProblems } from '../validation/names.ts'
import { portNumber } from '../validation/numbers.ts'
import { envErrors, envFromErrors } from './environment-validation.ts'
import { probeErrors } from './probe-validation.ts'
import { resourceErrors } from './resource-validation.ts'
import { volumeMountErrors, volumeNamesOf } from './volume-validation.ts'

const protocols = ['SCTP', 'TCP', 'UDP']
const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const messagePolicies = ['FallbackToLogsOnError', 'File']

/** Checks the containers and init containers of a pod. */
export function containerErrors(field: string, spec: PodSpec): FieldError[] {
  const volumes = volumeNamesOf(spec.volumes)
  const names = new Set<string>()
  const errors: FieldError[] = []
  const containers = spec.containers ?? []
  if (containers.length === 0) errors.push(required(`${field}.containers`))
  for (const [i, container] of containers.entries()) {
    const at = `${field}.containers[${i}]`
    errors.push(...commonErrors(at, container, volumes), ...nameAgain(at, container, names))
    errors.push(...probeErrors(at, container))
    if (container.restartPolicy && !['Always', 'OnFailure', 'Never'].includes(container.restartPolicy)) {
      errors.push(notSupported(`${at}.restartPolicy`, container.restartPolicy, ['Always', 'Never', 'OnFailure']))
    }
  }
  for (const [i, container] of (spec.initContainers ?? []).entries()) {
    const at = `${field}.initContainers[${i}]`
    errors.push(...commonErrors(at, container, volumes), ...nameAgain(at, container, names))
    if (container.restartPolicy === 'Always') errors.push(...probeErrors(at, container))
    else errors.push(...notForInitContainers(at, container))
  }
  return [...errors, ...hostPortErrors(field, containers)]
}

function commonErrors(at: string, container: Container, volumes: Set<string>): FieldError[] {
  const { name, image, imagePullPolicy, terminationMessagePolicy } = container
  const errors = name ? invalidEach(`${at}.name`, name, dnsLabelProblems(name)) : [required(`${at}.name`)]
  if (!image) errors.push(required(`${at}.image`))
  else if (image !== image.trim()) {
    errors.push(invalid(`${at}.image`, image, 'must not have leading or trailing whitespace'))
  }
  if (terminationMessagePolicy && !messagePolicies.includes(terminationMessagePolicy)) {
    errors.push(notSupported(`${at}.terminationMessagePolicy`, terminationMessagePolicy, messagePolicies))
  }
  errors.push(
    ...portErrors(`${at}.ports`, container.ports),
    ...envErrors(`${at}.env`, container.env),
    ...envFromErrors(`${at}.envFrom`, container.envFrom),
    ...volumeMountErrors(`${at}.volumeMounts`, container.volumeMounts, volumes),
  )
  if (imagePullPolicy && !pullPolicies.includes(imagePullPolicy)) {
    errors.push(notSupported(`${at}.imagePullPolicy`, imagePullPolicy, pullPolicies))
  }
  errors.push(...resourceErrors(`${at}.resources`, container.resources))
  return [...errors, ...securityErrors(`${at}.securityContext`, container)]
}

function nameAgain(at: string, { name }: Container, names: Set<string>): FieldError[] {
  if (names.has(name)) return [duplicate(`${at}.name`, name)]
  names.add(name)
  return []
}

function notForInitContainers(at: string, container: Container): FieldError[] {
  const fields = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const
  return fields
    .filter((field) => container[field])
    .map((field) => forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'))
}

function portErrors(field: string, ports: Container['ports']): FieldError[] {
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

function hostPortErrors(field: string, containers: Container[]): FieldError[] {
  const taken = new Set<string>()
  return containers.flatMap(({ ports }, i) =>
    (ports ?? []).flatMap(({ hostPort, hostIP = '', protocol }, j) => {
      if (!hostPort) return []
      const key = `${protocol}/${hostIP}/${hostPort}`
      const isTaken = taken.has(key)
      taken.add(key)
      return isTaken ? [duplicate(`${field}.containers[${i}].ports[${j}].hostPort`, key)] : []
    }),
  )
}

function securityErrors(field: string, { securityContext }: Container): FieldError[] {
  if (!securityContext) return []
  const errors: FieldError[] = []
  const { runAsUser, runAsGroup, privileged, allowPrivilegeEscalation, capabilities } = securityContext
  for (const [name, id] of Object.entries({ runAsUser, runAsGroup })) {
    if (id !== undefined && id !== null && (id < 0 || id > 2_147_483_647)) {
      errors.push(invalid(`${field}.${name}`, id, 'must be between 0 and 2147483647, inclusive'))
    }
  }
  if (allowPrivilegeEscalation === false) {
    const path = `${field}`
    if (privileged) {
      errors.push(
        invalid(path, securityContext, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'),
      )
    }
    if (capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      const rule = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'
      errors.push(invalid(path, securityContext, rule))
    }
  }
  return errors
}
