// One node's kubelet: turns the pods bound to it into running containers and reports what becomes of them.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pod } from '../objects/types.ts'
import type { KubeletContext, KubeletOptions } from './kubelet-context.ts'
import { startNodeHeartbeat } from './node/node-heartbeat.ts'
import { type KubeletAccess, makeNodeAccess } from './node-access.ts'
import { type PodWorker, startPodWorker } from './pod-worker.ts'
import { removeOrphans } from './remove-orphans.ts'
import { repeatEvery } from './repeat.ts'

const sourceKinds = ['ConfigMap', 'Secret', 'PersistentVolumeClaim'] as const
const defaultVolumeSyncMs = 30_000
/** As often as upstream's eviction manager looks. */
const usageCheckMs = 10_000

/** A running kubelet. */
export interface Kubelet extends KubeletAccess {
  readonly nodeName: string
  /** Stops watching and working; the runtime ends the processes. */
  stop(): Promise<void>
}

/** Registers the node and runs its pods until stopped. `onError` hears of what was not expected. */
export async function startKubelet(
  options: KubeletOptions,
  onError: (error: unknown) => void = () => {},
): Promise<Kubelet> {
  const context: KubeletContext = {
    ...options,
    client: options.client.as('kubelet'),
    hostDir: options.hostDir ?? join(options.dataDir, 'host'),
    images: options.images ?? [],
    volumeSyncMs: options.volumeSyncMs ?? defaultVolumeSyncMs,
    hasRegistry: options.hasRegistry ?? true,
    random: options.random ?? Math.random,
  }
  await mkdir(context.dataDir, { recursive: true })
  const heartbeat = await startNodeHeartbeat(context, onError)

  const workers = new Map<string, PodWorker>()
  const endings = new Set<Promise<void>>()
  const accept = (type: 'ADDED' | 'MODIFIED' | 'DELETED', pod: Pod) => {
    const uid = pod.metadata.uid ?? ''
    const worker = workers.get(uid)
    if (type === 'DELETED') {
      workers.delete(uid)
      if (!worker) return
      const ending: Promise<void> = worker
        .vanish()
        .catch(onError)
        .finally(() => endings.delete(ending))
      endings.add(ending)
      return
    }
    if (worker) worker.update(pod)
    else if (pod.spec?.nodeName === context.nodeName) workers.set(uid, startPodWorker(context, pod, onError))
  }
  const unwatch = context.client.watch('Pod', ({ type, object }) => accept(type, object))
  const unwatchSources = sourceKinds.map((kind) =>
    context.client.watch(kind, ({ type, object }) => {
      if (type === 'DELETED') return
      for (const worker of workers.values()) worker.sourceChanged(kind, object)
    }),
  )
  // The watch has told of every pod there is.
  await removeOrphans(context.dataDir, (uid) => workers.has(uid))

  const all = (work: (worker: PodWorker) => Promise<void>) => () => Promise.all([...workers.values()].map(work))
  const stopRepeats = [
    repeatEvery(context.clock, context.volumeSyncMs, { work: all((worker) => worker.refreshVolumes()), onError }),
    repeatEvery(context.clock, usageCheckMs, { work: all((worker) => worker.checkUsage()), onError }),
  ]

  return {
    nodeName: context.nodeName,
    ...makeNodeAccess(context, workers),
    async stop() {
      for (const end of [unwatch, ...unwatchSources, ...stopRepeats, heartbeat.stop]) end()
      for (const worker of workers.values()) worker.stop()
      await Promise.all(endings)
    },
  }
}
