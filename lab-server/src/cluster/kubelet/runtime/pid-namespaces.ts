// Which containers see each other's processes: each its own, as long as its pod does not ask for more.
import type { ContainerSpec } from '../container-runtime.ts'
import { makePidNamespace, type PidNamespace } from './pid-namespace.ts'
import type { StartedContainer } from './running-container.ts'

export interface PidNamespaces {
  /** The namespace that a new container belongs to; throws when the container that it should join does not run. */
  enter(id: string, spec: ContainerSpec): { namespace: PidNamespace; owner?: StartedContainer }
  /** Forgets a container, and with the last one of a pod what they shared. */
  leave(id: string): void
}

/** Keeps the namespaces of pods; `running` are the containers that run now. */
export function makePidNamespaces(running: () => Iterable<StartedContainer>, now: () => number): PidNamespaces {
  const pods = new Map<string, { namespace: PidNamespace; containers: Set<string> }>()
  return {
    enter(id, { podUid, processes }) {
      if (!processes) return { namespace: makePidNamespace() }
      if (processes.sharedWith === 'pod') {
        const { pauseUser } = processes
        const pause = { pid: 1, parent: 0, user: pauseUser, command: '/pause', cpuMilliseconds: 0, startedAt: now() }
        const pod = pods.get(podUid) ?? { namespace: makePidNamespace(pause), containers: new Set<string>() }
        pods.set(podUid, pod)
        pod.containers.add(id)
        return { namespace: pod.namespace }
      }
      const owner = [...running()].find(
        ({ spec }) => spec.podUid === podUid && spec.containerName === processes.sharedWith.container,
      )
      // Containerd's words, without the id that nobody sees.
      if (!owner) throw new Error('failed to generate spec: invalid target container: container is not running')
      return { namespace: owner.namespace, owner }
    },
    leave(id) {
      for (const [uid, { containers }] of pods) {
        if (containers.delete(id) && containers.size === 0) pods.delete(uid)
      }
    },
  }
}
