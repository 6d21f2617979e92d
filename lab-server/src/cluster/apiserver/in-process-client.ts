// The cluster's own components reach objects through this: the same verbs as a request, without HTTP.
import type { Client, ObjectKey, ObjectOf, WatchEvent } from '../client.ts'
import type { KindDefinition } from '../objects/kind-definition.ts'
import type { KubeObject } from '../objects/types.ts'
import { notFound } from './errors.ts'
import { makeEventRecorder } from './event-recorder.ts'
import type { Registry } from './registry.ts'
import { componentContext } from './request-context.ts'
import { parseApiVersion } from './storage-version.ts'
import { bindPod } from './verbs/bind.ts'
import { writeScale } from './verbs/scale.ts'

type AnyObject = { apiVersion: string; kind: string; metadata: object }

/** Makes the client of one component; `as` gives others of the same cluster. */
export function makeClient(registry: Registry, component = 'kube-controller-manager'): Client {
  const recorder = makeEventRecorder(registry)
  return clientFor(component)

  function clientFor(manager: string): Client {
    const context = componentContext(manager)

    const client: Client = {
      get: (kind, key) => registry.get(kindNamed(kind), key) as never,
      find: (kind, key) => registry.find(kindNamed(kind), key) as never,
      list: (kind, query = {}) => registry.list(kindNamed(kind), query).items as never,

      listOwned<K extends string>(kind: K, owner: KubeObject) {
        const { namespace, uid } = owner.metadata
        const { items } = registry.list(kindNamed(kind), { namespace })
        const isOwned = (object: KubeObject) =>
          (object.metadata.ownerReferences ?? []).some((reference) => reference.controller && reference.uid === uid)
        return items.filter(isOwned) as ObjectOf<K>[]
      },

      async create(object) {
        const sent = asObject(object)
        const created = await registry.create(kindOf(sent), {
          namespace: sent.metadata.namespace,
          object: sent,
          context,
        })
        return created as never
      },

      async update(object) {
        const sent = asObject(object)
        const kind = kindOf(sent)
        return (await registry.update(kind, keyOf(sent), { context, change: () => sent })) as never
      },

      async writeStatus(object, status) {
        const sent = asObject(object)
        const change = (current: KubeObject) => ({ ...current, status })
        const input = { context, subresource: 'status', change }
        return (await registry.update(kindOf(sent), keyOf(sent), input)) as never
      },

      async patch(kind, key, mergePatch, subresource) {
        const definition = kindNamed(kind)
        const request = { type: 'application/merge-patch+json', body: mergePatch }
        if (subresource === 'scale') {
          const wanted = (mergePatch as { spec?: { replicas?: number } }).spec?.replicas
          return (await writeScale(registry.core, definition, key, { replicas: wanted, context })) as never
        }
        if (subresource === 'binding') {
          const { metadata, spec } = mergePatch as { metadata?: { uid?: string }; spec?: { nodeName?: string } }
          const input = { nodeName: spec?.nodeName, uid: metadata?.uid, context }
          return (await bindPod(registry.core, definition, key, input)) as never
        }
        return (await registry.patch(definition, key, { request, context, subresource })).object as never
      },

      async remove(kind, key, options) {
        await registry.remove(kindNamed(kind), key, { options, context })
      },

      watch(kind, listener) {
        return watchInProcess(kindNamed(kind), listener as (event: WatchEvent) => void)
      },

      report: (object, report) => recorder.report(asObject(object), report),
      as: clientFor,
    }
    return client
  }

  /** Events are delivered in a later turn, so that a listener never runs in the middle of somebody's write. */
  function watchInProcess(kind: KindDefinition, listener: (event: WatchEvent) => void): () => void {
    let isScheduled = false
    const watch = registry.watch(kind, { initial: true, limit: Number.POSITIVE_INFINITY }, schedule)
    function schedule() {
      if (isScheduled) return
      isScheduled = true
      queueMicrotask(deliver)
    }
    function deliver() {
      isScheduled = false
      for (let event = watch.take(); event !== undefined; event = watch.take()) {
        listener({ type: event.type, object: event.object })
      }
    }
    schedule()
    return () => watch.stop()
  }

  function kindNamed(name: string): KindDefinition {
    const kind = registry.core.kinds.findByKind(name)
    if (kind === undefined) throw notFound({ group: '', plural: name }, '')
    return kind
  }

  function kindOf(object: KubeObject): KindDefinition {
    const { group } = parseApiVersion(object.apiVersion)
    const kind = registry.core.kinds.findByKind(object.kind, group)
    if (kind === undefined) throw notFound({ group, plural: object.kind }, object.metadata.name ?? '')
    return kind
  }
}

/** Components hold objects by their own types; to the verbs they are all the same. */
function asObject(object: AnyObject): KubeObject {
  return object as unknown as KubeObject
}

function keyOf({ metadata }: KubeObject): ObjectKey {
  return { namespace: metadata.namespace, name: metadata.name ?? '' }
}
