// Sends what the API server wants of a pod to the kubelet of the pod's node.
import { ApiError } from './apiserver/errors.ts'
import type { NodeAccess } from './apiserver/node-access.ts'
import type { Kubelet } from './kubelet/kubelet.ts'
import type { Pod } from './objects/types.ts'

/** Access to the pods of all nodes; `kubelets` may grow later. */
export function routeToNodes(kubelets: readonly Kubelet[]): NodeAccess {
  const accessOf = (pod: Pod): NodeAccess => {
    const nodeName = pod.spec?.nodeName
    if (!nodeName) throw new ApiError(400, 'BadRequest', `pod ${pod.metadata.name} does not have a host assigned`)
    const kubelet = kubelets.find((candidate) => candidate.nodeName === nodeName)
    if (!kubelet) throw new ApiError(404, 'NotFound', `nodes "${nodeName}" not found`)
    return kubelet.access
  }
  return {
    logs: (pod, ...rest) => accessOf(pod).logs(pod, ...rest),
    exec: async (pod, ...rest) => accessOf(pod).exec(pod, ...rest),
    attach: async (pod, ...rest) => accessOf(pod).attach(pod, ...rest),
    portForward: async (pod, port) => accessOf(pod).portForward(pod, port),
  }
}
