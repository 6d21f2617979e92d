// The environment of a container from its spec, ConfigMaps, Secrets, the pod itself and services.
import type { Client } from '../../client.ts'
import type { ConfigMap, Container, Pod, Secret } from '../../objects/types.ts'
import { expandReferences } from './expand.ts'
import { fieldValue, type NodeAllocatable, type PodAddresses, resourceValue } from './field-ref.ts'
import { serviceEnvironment } from './service-env.ts'

/** Why a container cannot be created as its spec stands: the message of CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  readonly reason: string
  constructor(message: string, reason = 'CreateContainerConfigError') {
    super(message)
    this.reason = reason
  }
}

/** What the environment depends on beside the container's spec. */
export interface EnvSources {
  pod: Pod
  client: Pick<Client, 'find' | 'list'>
  addresses: PodAddresses
  allocatable: NodeAllocatable
}

/** The container's own variables; throws ContainerConfigError in upstream's words when a source is missing. */
export function containerEnvironment(container: Container, sources: EnvSources): Record<string, string> {
  const env = envFromSources(container, sources)
  const services = serviceVariables(sources)

  for (const variable of container.env ?? []) {
    const value = variableValue(container, variable, sources, { ...services, ...env })
    if (value !== undefined) env[variable.name] = value
  }
  // The container's own come first, as the kubelet appends those of Services.
  return { ...env, ...services, ...env }
}

function envFromSources(container: Container, { pod, client }: EnvSources): Record<string, string> {
  const env: Record<string, string> = {}
  const namespace = pod.metadata.namespace ?? ''
  for (const source of container.envFrom ?? []) {
    const reference = source.configMapRef ?? source.secretRef
    if (!reference) continue
    const name = reference.name ?? ''
    const data = source.configMapRef
      ? client.find('ConfigMap', { namespace, name })?.data
      : decodeSecret(client.find('Secret', { namespace, name }))
    const exists = data !== undefined || client.find(source.configMapRef ? 'ConfigMap' : 'Secret', { namespace, name })
    if (!exists && !reference.optional) throw missing(source.configMapRef ? 'configmap' : 'secret', name)
    for (const [key, value] of Object.entries(data ?? {})) env[`${source.prefix ?? ''}${key}`] = value
  }
  return env
}

function variableValue(
  container: Container,
  variable: NonNullable<Container['env']>[number],
  { pod, client, addresses, allocatable }: EnvSources,
  known: Record<string, string>,
): string | undefined {
  const from = variable.valueFrom
  const namespace = pod.metadata.namespace ?? ''
  if (!from) return expandReferences(variable.value ?? '', known)

  if (from.fieldRef) {
    const path = from.fieldRef.fieldPath
    const value = fieldValue(pod, path, addresses)
    if (value === undefined) throw new ContainerConfigError(`unsupported fieldPath: ${path}`)
    return value
  }
  if (from.resourceFieldRef) {
    const ref = from.resourceFieldRef
    const named = ref.containerName
      ? [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((c) => c.name === ref.containerName)
      : container
    const value = named && resourceValue(named, ref, allocatable)
    if (value === undefined) throw new ContainerConfigError(`unsupported container resource: ${ref.resource}`)
    return value
  }
  if (from.configMapKeyRef) {
    const { name = '', key, optional } = from.configMapKeyRef
    const map = client.find('ConfigMap', { namespace, name })
    if (!map && !optional) throw missing('configmap', name)
    return keyOf(map && configMapText(map), { key, optional, what: `ConfigMap ${namespace}/${name}` })
  }
  if (from.secretKeyRef) {
    const { name = '', key, optional } = from.secretKeyRef
    const secret = client.find('Secret', { namespace, name })
    if (!secret && !optional) throw missing('secret', name)
    return keyOf(decodeSecret(secret), { key, optional, what: `Secret ${namespace}/${name}` })
  }
  return undefined
}

function keyOf(
  data: Record<string, string> | undefined,
  { key, optional, what }: { key: string; optional?: boolean; what: string },
): string | undefined {
  const value = data && Object.hasOwn(data, key) ? data[key] : undefined
  if (value === undefined && !optional) throw new ContainerConfigError(`couldn't find key ${key} in ${what}`)
  return value
}

/** Variables of the namespace's services, and of the API server's own service everywhere. */
function serviceVariables({ pod, client }: EnvSources): Record<string, string> {
  const namespace = pod.metadata.namespace ?? ''
  const master = client.find('Service', { namespace: 'default', name: 'kubernetes' })
  const links = pod.spec?.enableServiceLinks ?? true
  const own = links ? client.list('Service', { namespace }) : []
  return serviceEnvironment([...(master ? [master] : []), ...own])
}

function missing(kind: 'configmap' | 'secret', name: string): ContainerConfigError {
  return new ContainerConfigError(`${kind} "${name}" not found`)
}

function configMapText(map: ConfigMap): Record<string, string> {
  return map.data ?? {}
}

function decodeSecret(secret: Secret | undefined): Record<string, string> | undefined {
  if (!secret) return undefined
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  )
}
