// An informer or a watch of the client library whose events are gathered.
import {
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
  Watch,
} from '@kubernetes/client-node'
import { type Happenings, makeHappenings } from './happenings.ts'

/** One event of an informer: what it is, whose, and of which version. */
export interface Told {
  verb: string
  name: string
  object: KubernetesObject
}

const verbs = ['add', 'update', 'delete'] as const

/** Starts an informer that begins again whenever its connection breaks. */
export async function observe<T extends KubernetesObject>(
  config: KubeConfig,
  path: string,
  list: () => Promise<KubernetesListObject<T>>,
  labelSelector?: string,
): Promise<{ told: Happenings<Told>; errors: unknown[]; lists(): number; list(): T[]; stop(): Promise<void> }> {
  const told = makeHappenings<Told>()
  const errors: unknown[] = []
  let lists = 0
  let isStopped = false
  const counted = () => {
    lists++
    return list()
  }
  const informer = makeInformer<T>(config, path, counted, labelSelector)
  for (const verb of verbs)
    informer.on(verb, (object: T) => told.add({ verb, name: object.metadata?.name ?? '', object }))
  informer.on('error', (error) => {
    if (isStopped) return
    errors.push(error)
    setTimeout(() => !isStopped && void informer.start(), 50)
  })
  await informer.start()
  return {
    told,
    errors,
    lists: () => lists,
    list: () => [...informer.list()],
    async stop() {
      isStopped = true
      await informer.stop()
    },
  }
}

/** One event of a watch. */
export interface Watched {
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: an event carries any kind, a Status or a bookmark
  object: any
}

/** Watches until `stop`, or until the server ends it. */
export async function watch(
  config: KubeConfig,
  path: string,
  query: Record<string, string | number | boolean>,
): Promise<{ told: Happenings<Watched>; ended: Promise<unknown>; stop(): void }> {
  const told = makeHappenings<Watched>()
  const { promise: ended, resolve } = Promise.withResolvers<unknown>()
  const controller = await new Watch(config).watch(path, query, (type, object) => told.add({ type, object }), resolve)
  return { told, ended, stop: () => controller.abort() }
}
