// Which container a request means, and whether its logs can be read, from the Pod alone. Answers in upstream's words.
import type { ContainerStatus, Pod } from '../../objects/types.ts'
import { badRequest } from '../errors.ts'

/** The container that a request names, or the only one there is. Throws 400. */
export function chooseContainer(pod: Pod, wanted: string): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {}
  const name = pod.metadata.name ?? ''
  const all = [...containers, ...initContainers, ...ephemeralContainers]
  if (wanted !== '') {
    if (all.some((container) => container.name === wanted)) return wanted
    throw badRequest(`container ${wanted} is not valid for pod ${name}`)
  }
  const [only] = containers
  if (only && containers.length === 1) return only.name
  if (!only) throw badRequest(`a container name must be specified for pod ${name}`)
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: ${list(containers)}` +
      (initContainers.length > 0 ? ` or one of the init containers: ${list(initContainers)}` : '') +
      (ephemeralContainers.length > 0 ? ` or one of the ephemeral containers: ${list(ephemeralContainers)}` : ''),
  )
}

function list(containers: { name: string }[]): string {
  return `[${containers.map(({ name }) => name).join(' ')}]`
}

/** A command or a connection needs a node. Throws 400. */
export function requireHost(pod: Pod): void {
  if (!pod.spec?.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
}

/** Tells why a container has no logs to read, as the kubelet does; `undefined` when it has. */
export function whyNoLogs(pod: Pod, container: string, previous: boolean): string | undefined {
  const subject = `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)}`
  const status = findStatus(pod, container)
  if (!status) return `${subject} is not available`
  const { waiting, running, terminated } = status.state ?? {}
  const lastId = status.lastState?.terminated?.containerID
  if (previous) return lastId ? undefined : `previous terminated ${subject} not found`
  if (running) return undefined
  if (terminated) return terminated.containerID || lastId ? undefined : `${subject} is terminated`
  if (status.lastState?.terminated) return lastId ? undefined : `${subject} is terminated`
  if (!waiting) return `${subject} is waiting to start - no logs yet`
  if (waiting.reason === 'ErrImagePull') return `${subject} is waiting to start: image can't be pulled`
  if (waiting.reason === 'ImagePullBackOff') return `${subject} is waiting to start: trying and failing to pull image`
  return `${subject} is waiting to start: ${waiting.reason ?? ''}`
}

function findStatus(pod: Pod, container: string): ContainerStatus | undefined {
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = pod.status ?? {}
  return [containerStatuses, initContainerStatuses, ephemeralContainerStatuses]
    .flatMap((statuses) => statuses ?? [])
    .find(({ name }) => name === container)
}
