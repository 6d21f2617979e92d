// Ends a Namespace and waits until it is gone, saying what it waits for.
import type { KubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../lab/kubernetes/objects.ts'
import { startWatch } from '../lab/kubernetes/watch.ts'

interface NamespaceObject extends KubeObject {
  status?: { phase?: string; conditions?: { type: string; status: string; message?: string }[] }
}

const quietMs = 15_000
const defaultTimeoutMs = 300_000

/** What keeps a Namespace, in the words of its conditions. */
export function whatRemains(space: NamespaceObject): string {
  const reasons = (space.status?.conditions ?? [])
    .filter(({ status, message }) => status === 'True' && message)
    .map(({ message }) => message)
  return reasons.length > 0 ? reasons.join(' ') : 'the cluster has not said what remains'
}

/** Deletes the Namespace `uid` and resolves when it is gone; rejects after the time-out with what remains. */
export async function endNamespace(
  api: KubernetesApi,
  name: string,
  options: { onLog(line: string): void; timeoutMs?: number },
): Promise<void> {
  await api.remove({ kind: 'Namespace', name })
  // Nothing new can start in it: those that run need not be given their usual time.
  await api.raw({
    method: 'DELETE',
    path: `/api/v1/namespaces/${name}/pods`,
    body: JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 1 }),
  })
  await namespaceGone(api, name, options)
}

/** Resolves when there is no such Namespace. */
export async function namespaceGone(
  api: KubernetesApi,
  name: string,
  { onLog, timeoutMs = defaultTimeoutMs }: { onLog(line: string): void; timeoutMs?: number },
): Promise<void> {
  let settle: { resolve(): void; reject(error: Error): void } | undefined
  const gone = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  const watch = startWatch(api, 'Namespace', {
    name,
    onChange: ({ type }) => type === 'DELETED' && settle?.resolve(),
  })
  const remains = () => whatRemains((watch.objects.get(name) as NamespaceObject | undefined) ?? ({} as NamespaceObject))
  const talk = setInterval(() => onLog(`${name} is being deleted: ${remains()}`), quietMs)
  const deadline = setTimeout(
    () => settle?.reject(new Error(`${name} was not gone after ${timeoutMs / 1000} s: ${remains()}`)),
    timeoutMs,
  )
  try {
    await watch.ready
    if (watch.objects.has(name)) await gone
  } finally {
    clearInterval(talk)
    clearTimeout(deadline)
    watch.stop()
  }
}
