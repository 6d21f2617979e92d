// Rules for containers.
import type { FieldError } from '../kind-definition.ts'
import type { Container, PodSpec, Volume } from '../types.ts'
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { dnsLabelProblems } from '../validation/names.ts'
import { containerPortErrors, hostPortErrors } from './container-port-validation.ts'
import { envErrors, envFromErrors } from './environment-validation.ts'
import { probeErrors } from './probe-validation.ts'
import { resizePolicyErrors, resourceErrors } from './resource-validation.ts'
import { containerSecurityErrors } from './security-validation.ts'
import { volumeDeviceErrors, volumeMountErrors } from './volume-mount-validation.ts'

const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const messagePolicies = ['File', 'FallbackToLogsOnError']
const restartPolicies = ['Always', 'Never', 'OnFailure']

/** Checks the containers and init containers of a pod; `volumes` are those that they may mount. */
export function containerErrors(field: string, spec: PodSpec, volumes: Map<string, Volume>): FieldError[] {
  const names = new Set<string>()
  const containers = spec.containers ?? []
  const errors = containers.length === 0 ? [required(`${field}.containers`)] : []
  for (const [i, container] of containers.entries()) {
    const at = `${field}.containers[${i}]`
    errors.push(...commonErrors(at, container, spec, volumes), ...nameAgain(at, container, names))
    errors.push(...probeErrors(at, container, spec), ...restartPolicyErrors(at, container))
  }
  errors.push(...hostPortErrors(`${field}.containers`, containers))
  for (const [i, container] of (spec.initContainers ?? []).entries()) {
    const at = `${field}.initContainers[${i}]`
    errors.push(...commonErrors(at, container, spec, volumes), ...restartPolicyErrors(at, container))
    errors.push(...nameAgain(at, container, names), ...hostPortErrors(`${field}.initContainers`, [container]))
    if (container.restartPolicy === 'Always') errors.push(...probeErrors(at, container, spec))
    else errors.push(...notForInitContainers(at, container))
  }
  return errors
}

/** What a pod's containers are held to and a template's are not. */
export function imageTextErrors(field: string, { containers, initContainers }: PodSpec): FieldError[] {
  return Object.entries({ containers, initContainers }).flatMap(([list, given]) =>
    (given ?? []).flatMap(({ image = '' }, i) =>
      image === image.trim()
        ? []
        : [invalid(`${field}.${list}[${i}].image`, image, 'must not have leading or trailing whitespace')],
    ),
  )
}

function commonErrors(at: string, container: Container, spec: PodSpec, volumes: Map<string, Volume>): FieldError[] {
  const { name, image, imagePullPolicy, terminationMessagePolicy } = container
  const errors = name ? invalidEach(`${at}.name`, name, dnsLabelProblems(name)) : [required(`${at}.name`)]
  if (!image) errors.push(required(`${at}.image`))
  if (terminationMessagePolicy && !messagePolicies.includes(terminationMessagePolicy)) {
    errors.push(notSupported(`${at}.terminationMessagePolicy`, terminationMessagePolicy, messagePolicies))
  }
  errors.push(
    ...containerPortErrors(`${at}.ports`, container.ports),
    ...envErrors(`${at}.env`, container.env),
    ...envFromErrors(`${at}.envFrom`, container.envFrom),
    ...volumeMountErrors(`${at}.volumeMounts`, container, volumes),
    ...volumeDeviceErrors(`${at}.volumeDevices`, container, volumes),
  )
  if (imagePullPolicy && !pullPolicies.includes(imagePullPolicy)) {
    errors.push(notSupported(`${at}.imagePullPolicy`, imagePullPolicy, pullPolicies))
  }
  return [
    ...errors,
    ...resourceErrors(`${at}.resources`, container.resources),
    ...resizePolicyErrors(`${at}.resizePolicy`, container.resizePolicy, spec.restartPolicy),
    ...containerSecurityErrors(`${at}.securityContext`, container.securityContext, spec),
  ]
}

function nameAgain(at: string, { name }: Container, names: Set<string>): FieldError[] {
  if (!name) return []
  if (names.has(name)) return [duplicate(`${at}.name`, name)]
  names.add(name)
  return []
}

function restartPolicyErrors(at: string, { restartPolicy }: Container): FieldError[] {
  if (restartPolicy === undefined || restartPolicies.includes(restartPolicy)) return []
  return [notSupported(`${at}.restartPolicy`, restartPolicy, restartPolicies)]
}

function notForInitContainers(at: string, container: Container): FieldError[] {
  const fields = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const
  return fields
    .filter((field) => container[field])
    .map((field) => forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'))
}
