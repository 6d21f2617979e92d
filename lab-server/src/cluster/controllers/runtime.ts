// The loop around every controller: watch, map to keys, dedupe, load, run, back off.
import { isApiError } from '../apiserver/errors.ts'
import type { Client, ObjectKey, ObjectOf, WatchEvent } from '../client.ts'
import type { Clock } from '../clock.ts'
import type { KindName, KubeObject } from '../objects/types.ts'
import { News } from './news.ts'
import type { ControllerOptions } from './options.ts'
import { controllerOf } from './ownership.ts'
import { isNamespaceTerminating } from './pod-control.ts'
import { type RunResult, WorkQueue } from './work-queue.ts'

/** The cluster as controllers are started on it. */
export interface Surroundings {
  client: Client
  clock: Clock
  options: ControllerOptions
}

/** What a controller works with. Its client's writes carry the controller manager's name. */
export interface ControllerContext extends Surroundings {
  news: News
}

/** Another kind whose changes concern a controller, and which of its objects they concern. */
export interface MappedKind<K extends string = string> {
  kind: K
  keys(event: WatchEvent<ObjectOf<K>>, context: ControllerContext): ObjectKey[]
}

/** A level-driven controller of one kind; see docs on `startController` for what the loop does. */
export interface ControllerDefinition<K extends string> {
  kind: K
  /** Field manager and user of its writes; the controller manager's unless it says otherwise. */
  component?: string
  /** Kinds that reach it through their controlling owner reference. */
  owns?: KindName[]
  watches?: MappedKind[]
  /** Keys worked on at once; 1 where the order between objects matters. */
  workers?: number
  reconcile(object: ObjectOf<K>, context: ControllerContext): Promise<RunResult | undefined>
  /** For an object with a deletion timestamp; without it such objects are left alone. */
  cleanup?(object: ObjectOf<K>, context: ControllerContext): Promise<RunResult | undefined>
  /** For an object that is gone. */
  removed?(key: ObjectKey, context: ControllerContext): Promise<RunResult | undefined>
}

/** Something that runs until it is stopped. */
export interface Running {
  stop(): Promise<void>
}

/** A controller ready to be started; what kind it works on no longer matters. */
export interface Controller {
  start(surroundings: Surroundings): Running
}

/** Names the keys of one mapped kind with its own type. */
export function mapKind<K extends string>(kind: K, keys: MappedKind<K>['keys']): MappedKind {
  return { kind, keys } as unknown as MappedKind
}

/** The key of an object. */
export function keyOf(object: { metadata: { namespace?: string; name?: string } }): ObjectKey {
  const { namespace, name = '' } = object.metadata
  return namespace === undefined ? { name } : { namespace, name }
}

/** Makes a controller out of its definition. */
export function defineController<K extends string>(definition: ControllerDefinition<K>): Controller {
  return { start: (surroundings) => startController(definition, surroundings) }
}

function startController<K extends string>(definition: ControllerDefinition<K>, given: Surroundings): Running {
  const client = given.client.as(definition.component ?? 'kube-controller-manager')
  const context: ControllerContext = { ...given, client, news: new News(given.clock) }
  const onError = (error: unknown, where: string) => {
    if (!isExpected(error)) context.options.onError?.(error, `${definition.kind} ${where}`)
  }
  const queue = new WorkQueue({
    clock: context.clock,
    workers: definition.workers ?? 4,
    run: (key) => runOnce(definition, fromText(key), context),
    onError,
  })

  const add = (key: ObjectKey) => queue.add(toText(key))
  const stops = [
    client.watch(definition.kind, (event) => add(keyOf(event.object as KubeObject))),
    ...(definition.owns ?? []).map((kind) =>
      client.watch<string>(kind, ({ object }) => {
        const owner = controllerOf(object)
        if (owner?.kind === definition.kind) add({ ...keyOf(object), name: owner.name })
      }),
    ),
    ...(definition.watches ?? []).map(({ kind, keys }) =>
      client.watch(kind, (event) => {
        // A mapping that fails must not end the watch, which belongs to whoever writes.
        try {
          for (const key of keys(event, context)) add(key)
        } catch (error) {
          onError(error, `watching ${kind}`)
        }
      }),
    ),
  ]

  return {
    stop() {
      for (const stop of stops) stop()
      return queue.stop()
    },
  }
}

async function runOnce<K extends string>(
  definition: ControllerDefinition<K>,
  key: ObjectKey,
  context: ControllerContext,
): Promise<RunResult | undefined> {
  const object = context.client.find(definition.kind, key)
  if (!object) {
    context.news.forget(key)
    return definition.removed?.(key, context)
  }
  if ((object as KubeObject).metadata.deletionTimestamp) return definition.cleanup?.(object, context)
  return definition.reconcile(object, context)
}

function toText(key: ObjectKey): string {
  return key.namespace === undefined ? key.name : `${key.namespace}/${key.name}`
}

function fromText(text: string): ObjectKey {
  const slash = text.indexOf('/')
  return slash < 0 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) }
}

/** Losing a race is part of the job: the next run reads afresh. So is a namespace that goes away meanwhile. */
function isExpected(error: unknown): boolean {
  if (!isApiError(error)) return false
  return ['Conflict', 'NotFound', 'AlreadyExists'].includes(error.reason) || isNamespaceTerminating(error)
}
