// A pod's containers by role. Init containers that restart always are sidecars.
import type { Container, Pod } from '../objects/types.ts'
import type { RestartPolicy } from './container-state.ts'

export type ContainerRole = 'init' | 'sidecar' | 'main' | 'ephemeral'

/** One container of a pod with what its role means. */
export interface PodContainer {
  spec: Container
  name: string
  role: ContainerRole
  restartPolicy: RestartPolicy
  /** As `involvedObject.fieldPath` names it. */
  fieldPath: string
  /** The container whose processes an ephemeral one sees. */
  target?: string
}

/** Every container of the pod: init containers and sidecars in their order, then main, then ephemeral ones. */
export function podContainers(pod: Pod): PodContainer[] {
  const policy = (pod.spec?.restartPolicy ?? 'Always') as RestartPolicy
  const init = (pod.spec?.initContainers ?? []).map((spec): PodContainer => {
    const isSidecar = spec.restartPolicy === 'Always'
    return {
      spec,
      name: spec.name,
      role: isSidecar ? 'sidecar' : 'init',
      // An init container that succeeded is done, whatever the pod's policy says.
      restartPolicy: isSidecar ? 'Always' : policy === 'Never' ? 'Never' : 'OnFailure',
      fieldPath: `spec.initContainers{${spec.name}}`,
    }
  })
  const main = (pod.spec?.containers ?? []).map(
    (spec): PodContainer => ({
      spec,
      name: spec.name,
      role: 'main',
      restartPolicy: (spec.restartPolicy as RestartPolicy | undefined) ?? policy,
      fieldPath: `spec.containers{${spec.name}}`,
    }),
  )
  const ephemeral = (pod.spec?.ephemeralContainers ?? []).map(
    (spec): PodContainer => ({
      spec: spec as Container,
      name: spec.name,
      role: 'ephemeral',
      restartPolicy: 'Never',
      fieldPath: `spec.ephemeralContainers{${spec.name}}`,
      ...(spec.targetContainerName ? { target: spec.targetContainerName } : {}),
    }),
  )
  return [...init, ...main, ...ephemeral]
}

/** The policy for a container that ended with `exitCode`: its own rules come first. */
export function policyAfter({ spec, restartPolicy }: PodContainer, exitCode: number | undefined): RestartPolicy {
  if (exitCode === undefined) return restartPolicy
  const rule = (spec.restartPolicyRules ?? []).find(({ exitCodes }) => {
    const isListed = exitCodes?.values?.includes(exitCode) ?? false
    return exitCodes?.operator === 'NotIn' ? !isListed : isListed
  })
  return rule?.action === 'Restart' ? 'Always' : restartPolicy
}

/** `name_namespace(uid)`, as upstream's messages name a pod. */
export function describePod(pod: Pod): string {
  const { name, namespace, uid } = pod.metadata
  return `${name}_${namespace}(${uid})`
}
