// The live objects of one namespace, kept by watches: what checks look at, without a request per check.
import type { KindName } from '../kubernetes/kinds.ts'
import type { KubernetesApi } from '../kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
import { nameInWorld, parseReference } from '../kubernetes/reference.ts'
import { type KindWatch, type ObjectChange, startWatch } from '../kubernetes/watch.ts'

/** What students can break or use in a repair. */
export const watchedKinds = [
  'Deployment',
  'ReplicaSet',
  'Pod',
  'Service',
  'EndpointSlice',
  'Ingress',
  'ConfigMap',
  'Secret',
  'PersistentVolumeClaim',
  'Event',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'NetworkPolicy',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ResourceQuota',
  'LimitRange',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
] as const satisfies readonly KindName[]

/** A read-only picture of the namespace at this moment. */
export interface Objects {
  list<T extends KubeObject>(kind: KindName): T[]
  /** An object that is followed outside the namespace has the name `kube-system/coredns`. */
  find<T extends KubeObject>(kind: KindName, name: string): T | undefined
}

export interface World extends Objects {
  readonly namespace: string
  /** False while any stream is lost: what `list` says may then be old. */
  isCurrent(): boolean
  /** Follows these objects outside the namespace too, from now on; resolves when they have been read once. */
  follow(references: readonly string[]): Promise<void>
  /** Calls back on every change, and once more when the streams are lost or current again. Returns how to stop. */
  onChange(listener: (change: ObjectChange | undefined) => void): () => void
  /** Resolves with the first value that is not undefined, looked for now and after every change. */
  until<T>(look: () => T | undefined, options: { timeoutMs: number; what: string; signal?: AbortSignal }): Promise<T>
  stop(): void
}

/** Starts the watches; resolves when everything has been listed once. */
export async function startWorld(api: KubernetesApi, namespace: string): Promise<World> {
  const listeners = new Set<(change: ObjectChange | undefined) => void>()
  const tell = (change?: ObjectChange) => {
    for (const listener of [...listeners]) listener(change)
  }
  const lost = new Set<string>()
  const watches = new Map<KindName, KindWatch>()
  const followed = new Map<string, KindWatch>()
  const onConnected = (stream: string, isConnected: boolean) => {
    const before = lost.size
    if (isConnected) lost.delete(stream)
    else lost.add(stream)
    if ((before === 0) !== (lost.size === 0)) tell()
  }
  for (const kind of watchedKinds) {
    const options = { namespace, onChange: tell, onConnected: (isConnected: boolean) => onConnected(kind, isConnected) }
    watches.set(kind, startWatch(api, kind, options))
  }
  const namespaces = startWatch(api, 'Namespace', {
    name: namespace,
    onChange: tell,
    onConnected: (isConnected) => onConnected('Namespace', isConnected),
  })
  watches.set('Namespace', namespaces)

  const world: World = {
    namespace,
    list: <T extends KubeObject>(kind: KindName) => [...(watches.get(kind)?.objects.values() ?? [])] as T[],
    find: <T extends KubeObject>(kind: KindName, name: string) => {
      const beyond = followed.get(`${kind} ${name}`)?.objects.values().next().value
      return (beyond ?? watches.get(kind)?.objects.get(name)) as T | undefined
    },
    async follow(references) {
      for (const reference of references) {
        const { kind, namespace, name } = parseReference(reference)
        const key = `${kind} ${nameInWorld({ kind, namespace, name })}`
        if (followed.has(key)) continue
        const onStream = (isConnected: boolean) => onConnected(reference, isConnected)
        followed.set(key, startWatch(api, kind, { namespace, name, onChange: tell, onConnected: onStream }))
      }
      await Promise.all([...followed.values()].map((watch) => watch.ready))
    },
    isCurrent: () => lost.size === 0,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    until: (look, options) => waitFor(world, look, options),
    stop() {
      listeners.clear()
      for (const watch of [...watches.values(), ...followed.values()]) watch.stop()
    },
  }
  await Promise.all([...watches.values()].map((watch) => watch.ready))
  return world
}

function waitFor<T>(
  world: World,
  look: () => T | undefined,
  options: { timeoutMs: number; what: string; signal?: AbortSignal },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      forget()
      options.signal?.removeEventListener('abort', onAbort)
      settle()
    }
    const onAbort = () => finish(() => reject(new Error(`stopped while waiting for ${options.what}`)))
    const attempt = () => {
      try {
        const found = look()
        if (found !== undefined) finish(() => resolve(found))
      } catch (error) {
        finish(() => reject(error))
      }
    }
    const timer = setTimeout(() => {
      finish(() => reject(new Error(`${options.what} did not happen within ${Math.round(options.timeoutMs / 1000)} s`)))
    }, options.timeoutMs)
    const forget = world.onChange(attempt)
    options.signal?.addEventListener('abort', onAbort)
    if (options.signal?.aborted) onAbort()
    else attempt()
  })
}
