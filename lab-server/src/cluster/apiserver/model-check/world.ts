// What all actors of a run share: one registry on one store, virtual time, and the record of what they saw.

import { sleep } from '../../clock.ts'
import { makeKindTable } from '../../objects/kind-table.ts'
import type { KubeObject } from '../../objects/types.ts'
import { normalizeObject } from '../../openapi/normalize.ts'
import { openStore, type Store } from '../../store/store.ts'
import { makeVirtualClock, type VirtualClock } from '../../virtual-clock.ts'
import { type AdmissionStep, makeAdmissionChain } from '../admission/chain.ts'
import { shareManagedFields } from '../patch/interned-fields.ts'
import { makePatchEngine } from '../patch/make-patch-engine.ts'
import { makeRegistry, type Registry } from '../registry.ts'
import type { History } from './history.ts'
import type { Random } from './random.ts'
import type { Subject } from './subject.ts'

// Small, so that short runs reach the edges: the changes that are kept, and how far a watch may fall behind.
export const window = 200
export const bufferedChanges = 100

/** One run in progress. */
export interface World {
  clock: VirtualClock
  random: Random
  store: Store
  registry: Registry
  history: History
  /** True once the writers have written enough. */
  isOver: boolean
  /** How long clients think between two requests, at most. */
  pauseMs: number
}

/** Makes a world whose requests are held up at random between reading and writing, so that they race. */
export function makeWorld(random: Random, wrapStore: (store: Store) => Store): World {
  const clock = makeVirtualClock()
  const store = wrapStore(openStore({ share: shareManagedFields, historyLimit: window }))
  const hesitate = (): Promise<void> | undefined => (random.chance(0.6) ? sleep(clock, random.below(4)) : undefined)
  const hesitation: AdmissionStep = { name: 'Hesitation', mutate: hesitate, review: hesitate }
  const registry = makeRegistry({
    store,
    kinds: makeKindTable(),
    clock,
    admission: makeAdmissionChain([hesitation]),
    patches: makePatchEngine(),
    normalize: normalizeObject,
    arrange: (_kind, object) => object,
    onRemoved() {},
  })
  const start = store.revision()
  const history: History = { start, end: start, writes: [], reads: [], watches: [], beliefs: [] }
  return { clock, random, store, registry, history, isOver: false, pauseMs: random.pick([12, 40, 150]) }
}

/** The namespaces and names of the objects that clients fight over. */
export const namespaces = ['x', 'y'] as const
export const names = ['one', 'two', 'three'] as const

/** The store's key of an object, as the checker names it. */
export function keyOf(subject: Subject, { metadata }: KubeObject): string {
  return subject.namespaced ? `${metadata.namespace}/${metadata.name}` : (metadata.name ?? '')
}
