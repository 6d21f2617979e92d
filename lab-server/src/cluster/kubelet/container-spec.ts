// From a container of a pod to what the runtime starts: everything resolved, or a ContainerConfigError.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContainerSpec } from './container-runtime.ts'
import { ContainerConfigError, containerEnvironment } from './env/container-env.ts'
import { expandReferences } from './env/expand.ts'
import type { ReadyImage } from './images/ensure-image.ts'
import { nodeAllocatable } from './node/node-capacity.ts'
import { describePod, type PodContainer } from './pod-containers.ts'
import { hostsFile, podHostname, resolvConf } from './pod-files.ts'
import type { PodScope } from './pod-scope.ts'
import { containerLimits } from './resize-containers.ts'
import { containerMounts } from './volumes/container-mounts.ts'

/** Resolves the spec of the next instance of `container`. */
export async function resolveContainerSpec(
  scope: PodScope,
  container: PodContainer,
  { image }: ReadyImage,
): Promise<ContainerSpec> {
  const { state, context } = scope
  const { pod } = state
  const { spec } = container
  const podIp = state.podIp ?? ''
  const user = containerUser(scope, container, image.user)
  const env = containerEnvironment(spec, {
    pod,
    client: context.client,
    allocatable: nodeAllocatable(),
    addresses: { podIp, hostIp: context.network.nodeIp },
  })
  const copiesDir = join(context.dataDir, 'pods', pod.metadata.uid ?? '', 'volume-subpaths')
  const mounts = await containerMounts(spec, { paths: state.volumes.paths, env, copiesDir })
  const terminationFile = await makeTerminationFile(scope, container)
  const hostname = podHostname(pod)

  return {
    podUid: pod.metadata.uid ?? '',
    podName: pod.metadata.name ?? '',
    namespace: pod.metadata.namespace ?? '',
    containerName: container.name,
    image,
    command: (spec.command ?? []).map((part) => expandReferences(part, env)),
    args: (spec.args ?? []).map((part) => expandReferences(part, env)),
    env: { ...env, HOSTNAME: env.HOSTNAME ?? hostname },
    ...(spec.workingDir ? { workingDir: spec.workingDir } : {}),
    mounts: [
      ...mounts,
      {
        containerPath: spec.terminationMessagePath ?? '/dev/termination-log',
        hostPath: terminationFile,
        readOnly: false,
      },
    ],
    podIp,
    hostname,
    hosts: hostsFile(pod, podIp),
    resolvConf: resolvConf(pod, { clusterDns: context.network.dnsIp, nodeDns: context.network.nodeIp }),
    user,
    readOnlyRootFilesystem: spec.securityContext?.readOnlyRootFilesystem ?? false,
    ...processesOf(scope, container),
    canTrace: canTrace(spec),
    ...containerLimits(spec),
    tty: spec.tty ?? false,
    stdin: spec.stdin ?? false,
  }
}

/** Whose processes the container sees beside its own. */
function processesOf({ state, recordOf }: PodScope, { target }: PodContainer): Pick<ContainerSpec, 'processes'> {
  const podSpec = state.pod.spec
  if (podSpec?.shareProcessNamespace) {
    return { processes: { sharedWith: 'pod', pauseUser: podSpec.securityContext?.runAsUser ?? pauseUser } }
  }
  if (!target) return {}
  if (recordOf(target).instances === 0) {
    throw new ContainerConfigError(`unable to find target container ${target}`)
  }
  return { processes: { sharedWith: { container: target } } }
}

/** Whom the image of the pause container runs as. */
const pauseUser = 65_535

function canTrace({ securityContext }: PodContainer['spec']): boolean {
  const added = securityContext?.capabilities?.add ?? []
  return (securityContext?.privileged ?? false) || added.some((name) => /^(?:CAP_)?(?:SYS_PTRACE|ALL)$/.test(name))
}

/** The user a container runs as; refuses root where the pod says it must not. */
function containerUser({ state }: PodScope, { spec, name }: PodContainer, imageUser: number): number {
  const podContext = state.pod.spec?.securityContext
  const wanted = spec.securityContext?.runAsUser ?? podContext?.runAsUser
  const mustNotBeRoot = spec.securityContext?.runAsNonRoot ?? podContext?.runAsNonRoot ?? false
  const where = `(pod: "${describePod(state.pod)}", container: ${name})`
  if (mustNotBeRoot && wanted === 0) {
    throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`)
  }
  if (mustNotBeRoot && wanted === undefined && imageUser === 0) {
    throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${where}`)
  }
  return wanted ?? imageUser
}

/** The host file behind terminationMessagePath, new and empty for every instance. */
async function makeTerminationFile(scope: PodScope, { name }: PodContainer): Promise<string> {
  const file = terminationFile(scope, name)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, '', { mode: 0o666 })
  return file
}

/** Where the container's termination message is written on the host. */
export function terminationFile({ state, context, recordOf }: PodScope, name: string): string {
  const instance = String(recordOf(name).instances)
  return join(context.dataDir, 'pods', state.pod.metadata.uid ?? '', 'containers', name, instance)
}
