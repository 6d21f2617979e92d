// What an API server fills into a container.
import type { Container, PodSpec, Probe } from '../types.ts'

type AnyContainer = Container | NonNullable<PodSpec['ephemeralContainers']>[number]
type Handler = { httpGet?: NonNullable<Probe['httpGet']> }

/** Fills in the defaults of a container. */
export function applyContainerDefaults(container: AnyContainer): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '')
  container.terminationMessagePath ||= '/dev/termination-log'
  container.terminationMessagePolicy ||= 'File'
  container.resources ??= {}
  for (const port of container.ports ?? []) port.protocol ||= 'TCP'
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1'
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ??= '0'
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe) applyProbeDefaults(probe)
  }
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) {
    if (handler) applyHandlerDefaults(handler)
  }
}

/** Copies limits into requests that are absent, as for pods (templates stay as they are). */
export function copyLimitsToRequests({ resources }: Container): void {
  if (!resources?.limits) return
  resources.requests = { ...resources.limits, ...resources.requests }
}

/** `Always` for the tag `latest` or none, so that a moving tag is not taken from an old download. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const lastPart = image.slice(image.lastIndexOf('/') + 1)
  if (lastPart.includes('@')) return 'IfNotPresent'
  const [, tag = 'latest'] = lastPart.split(':')
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function applyProbeDefaults(probe: Probe): void {
  applyHandlerDefaults(probe)
  if (probe.grpc) probe.grpc.service ??= ''
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
}

function applyHandlerDefaults({ httpGet }: Handler): void {
  if (!httpGet) return
  httpGet.path ||= '/'
  httpGet.scheme ||= 'HTTP'
}
