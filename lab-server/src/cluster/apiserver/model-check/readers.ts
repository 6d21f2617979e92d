// Clients that get and list: the present, page by page, and as of older versions.
import { sleep } from '../../clock.ts'
import type { KubeObject } from '../../objects/types.ts'
import { isApiError } from '../errors.ts'
import type { ReadRecord } from './history.ts'
import { type Subject, stateOf, subjects } from './subject.ts'
import { keyOf, names, namespaces, type World } from './world.ts'

/** Reads until the run is over. */
export async function runReader(world: World): Promise<void> {
  const { clock, random } = world
  while (!world.isOver) {
    await sleep(clock, random.below(world.pauseMs * 12))
    const subject = random.pick(subjects)
    const dice = random.below(4)
    if (dice === 0) get(world, subject)
    else if (dice === 1) await listByPages(world, subject)
    else list(world, subject, dice === 2)
  }
}

function record(world: World, reading: Omit<ReadRecord, 'to' | 'answer'>, read: () => ReadRecord['answer']): void {
  let answer: ReadRecord['answer']
  try {
    answer = read()
  } catch (error) {
    if (!isApiError(error)) throw error
    answer = { refusal: error.reason }
  }
  world.history.reads.push({ ...reading, to: world.store.revision(), answer })
}

function itemsOf(subject: Subject, objects: KubeObject[]) {
  return objects.map((object) => ({
    key: keyOf(subject, object),
    revision: Number(object.metadata.resourceVersion),
    state: stateOf(subject, object),
  }))
}

function get(world: World, subject: Subject): void {
  const { random, registry, store } = world
  const name = random.pick(names)
  const namespace = subject.namespaced ? random.pick(namespaces) : undefined
  const key = namespace === undefined ? name : `${namespace}/${name}`
  record(world, { subject: subject.name, scope: { key }, from: store.revision() }, () => {
    const object = registry.get(random.pick(subject.faces), { name, namespace })
    return { revision: Number(object.metadata.resourceVersion), items: itemsOf(subject, [object]) }
  })
}

function scopeOf({ random }: World, subject: Subject): { namespace?: string; team?: string } {
  return {
    ...(subject.namespaced && random.chance(0.5) ? { namespace: random.pick(namespaces) } : {}),
    ...(random.chance(0.4) ? { team: random.pick(['red', 'blue']) } : {}),
  }
}

/** One list of the present, or exactly of an older version. */
function list(world: World, subject: Subject, isOld: boolean): void {
  const { random, registry, store, history } = world
  const scope = scopeOf(world, subject)
  const from = store.revision()
  const at = isOld ? Math.max(history.start, from - random.below(random.pick([50, 2000]))) : undefined
  record(world, { subject: subject.name, scope, from, at }, () => {
    const version = at === undefined ? {} : { resourceVersion: String(at), resourceVersionMatch: 'Exact' }
    const page = registry.list(random.pick(subject.faces), { ...query(scope), ...version })
    return { revision: Number(page.resourceVersion), items: itemsOf(subject, page.items) }
  })
}

/** A list in pages with pauses between them: all of it must be as of the first page. */
async function listByPages(world: World, subject: Subject): Promise<void> {
  const { random, registry, store, clock } = world
  const scope = scopeOf(world, subject)
  const kind = random.pick(subject.faces)
  const from = store.revision()
  const items: KubeObject[] = []
  let at: number | undefined
  let continueToken: string | undefined
  do {
    try {
      const page = registry.list(kind, { ...query(scope), limit: 1 + random.below(3), continueToken })
      at ??= Number(page.resourceVersion)
      items.push(...page.items)
      continueToken = page.continueToken
    } catch (error) {
      if (!isApiError(error)) throw error
      const answer = { refusal: error.reason }
      world.history.reads.push({ subject: subject.name, scope, from, at, to: store.revision(), answer })
      return
    }
    if (continueToken) await sleep(clock, random.below(random.pick([20, 20, 20_000])))
  } while (continueToken)
  const answer = { revision: at ?? from, items: itemsOf(subject, items) }
  world.history.reads.push({ subject: subject.name, scope, from, at, to: store.revision(), answer })
}

/** The scope as a list or watch asks for it. */
export function query({ namespace, team }: { namespace?: string; team?: string }) {
  return { namespace, ...(team === undefined ? {} : { labelSelector: `team=${team}` }) }
}
