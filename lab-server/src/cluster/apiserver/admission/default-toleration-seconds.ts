import type { AdmissionStep } from './chain.ts'
import { createdPod } from './pod-specs.ts'

const graceSeconds = 300
const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/** Lets pods stay five minutes on a node that does not answer, unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionStep = {
  name: 'DefaultTolerationSeconds',
  mutate(request) {
    const pod = createdPod(request)
    if (pod === undefined) return
    for (const key of keys) {
      const tolerations = pod.spec.tolerations ?? []
      const isTolerated = tolerations.some(
        (toleration) =>
          (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute'),
      )
      if (isTolerated) continue
      pod.spec.tolerations = [
        ...tolerations,
        { effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds: graceSeconds },
      ]
    }
  },
}
