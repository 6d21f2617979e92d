// Brings one toolbox pod up and takes it down.
import type { KubernetesApi } from '../../lab/kubernetes/kubernetes-api.ts'
import { KubernetesError } from '../../lab/kubernetes/kubernetes-error.ts'
import type { KubeObject } from '../../lab/kubernetes/objects.ts'
import { startWatch } from '../../lab/kubernetes/watch.ts'
import { terminalsNamespace } from './toolbox-objects.ts'

interface PodObject extends KubeObject {
  status?: {
    phase?: string
    conditions?: { type: string; status: string; message?: string }[]
    containerStatuses?: { state?: { waiting?: { reason?: string; message?: string } } }[]
  }
}

export interface PodWaiting {
  signal: AbortSignal
  timeoutMs?: number
}

const defaultTimeoutMs = 120_000

/** Why a pod does not run, in the cluster's words. */
export function whyNotReady({ status }: PodObject): string {
  const waiting = status?.containerStatuses?.[0]?.state?.waiting
  if (waiting?.reason && waiting.reason !== 'ContainerCreating') return `${waiting.reason}: ${waiting.message ?? ''}`
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False') return scheduled.message ?? 'no node has room for it'
  return status?.phase ? `it is ${status.phase}` : 'the cluster has not said why'
}

/** Makes the pod unless it is there; one that failed or is going is waited for and made anew. */
export async function ensurePod(api: KubernetesApi, pod: KubeObject, waiting: PodWaiting): Promise<void> {
  const name = { kind: 'Pod' as const, namespace: terminalsNamespace, name: pod.metadata.name }
  const present = await api.find<PodObject>(name)
  const isOver = present?.status?.phase === 'Failed' || present?.status?.phase === 'Succeeded'
  if (present && !isOver && !present.metadata.deletionTimestamp) return
  if (present) {
    await api.remove(name)
    await podState(api, name.name, waiting, (state) => state === undefined)
  }
  try {
    await api.create(pod)
  } catch (error) {
    if (!(error instanceof KubernetesError) || error.status !== 409) throw error
  }
}

/** Resolves when the pod is ready; rejects after the time-out with why it is not. */
export async function podReady(api: KubernetesApi, name: string, waiting: PodWaiting): Promise<void> {
  await podState(api, name, waiting, (pod) =>
    Boolean(pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')),
  )
}

/** Deletes the pod and resolves when it is gone. */
export async function endPod(api: KubernetesApi, name: string, waiting: PodWaiting): Promise<void> {
  await api.remove({ kind: 'Pod', namespace: terminalsNamespace, name }, { gracePeriodSeconds: 1 })
  await podState(api, name, waiting, (pod) => pod === undefined)
}

/** Resolves when the pod is as `isReached` wants it. */
function podState(
  api: KubernetesApi,
  name: string,
  { signal, timeoutMs = defaultTimeoutMs }: PodWaiting,
  isReached: (pod: PodObject | undefined) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      watch.stop()
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      error ? reject(error) : resolve()
    }
    const present = () => watch.objects.get(name) as PodObject | undefined
    const abort = () => settle(new Error('the lab is ending'))
    const watch = startWatch(api, 'Pod', {
      namespace: terminalsNamespace,
      name,
      onChange: () => isReached(present()) && settle(),
    })
    const timer = setTimeout(() => {
      const pod = present()
      settle(new Error(`Pod ${terminalsNamespace}/${name}: ${pod ? whyNotReady(pod) : 'there is none'}`))
    }, timeoutMs)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    void watch.ready.then(() => isReached(present()) && settle())
  })
}
