// The eight clients: each writes, thinks, and writes again, with what it last heard of the object.
import { sleep } from '../../clock.ts'
import type { KubeObject } from '../../objects/types.ts'
import { isApiError } from '../errors.ts'
import type { WriteContext } from '../request-context.ts'
import type { Intent } from './history.ts'
import { fieldNames, mergePatchOf, objectWith, pointerOf, type Subject, stateOf, subjects } from './subject.ts'
import { names, namespaces, type World } from './world.ts'

const hold = 'lab.example/hold'

/** Writes until `isEnough`, one request at a time. */
export async function runWriter(world: World, client: string, isEnough: () => boolean): Promise<void> {
  const { clock, random, store, history } = world
  const heard = new Map<string, KubeObject>()
  let count = 0
  while (!isEnough()) {
    await sleep(clock, random.below(world.pauseMs))
    const subject = random.pick(subjects)
    const name = random.pick(names)
    const namespace = subject.namespaced ? random.pick(namespaces) : undefined
    const key = namespace === undefined ? name : `${namespace}/${name}`
    const id = `${subject.name} ${key}`
    count += 1
    const intent = chooseIntent(world, subject, heard.get(id), `${client}-${count}`)
    const from = store.revision()
    try {
      const object = await send(world, { subject, name, namespace, intent, client })
      const state = stateOf(subject, object)
      const isGone =
        intent.do === 'delete' ? state.finalizers.length === 0 : state.isDeleting && state.finalizers.length === 0
      const revision = Number(object.metadata.resourceVersion)
      history.writes.push({
        client,
        subject: subject.name,
        key,
        intent,
        from,
        to: store.revision(),
        answer: { revision, state, isGone },
      })
      heard.set(id, object)
    } catch (error) {
      if (!isApiError(error)) throw error
      const answer = { refusal: error.reason, message: error.message }
      history.writes.push({ client, subject: subject.name, key, intent, from, to: store.revision(), answer })
      if (error.reason === 'Conflict') heard.delete(id)
    }
  }
}

/** Every write that sets fields sets at least one to a value that nobody else writes, so that it changes something. */
function chooseIntent({ random }: World, subject: Subject, heard: KubeObject | undefined, unique: string): Intent {
  const revision = heard?.metadata.resourceVersion
  const known = heard ? stateOf(subject, heard) : undefined
  const fields: Record<string, string> = { [random.pick(['a', 'b', 'c'])]: unique }
  if (random.chance(0.5)) fields.team = random.pick(['red', 'blue'])
  for (const field of ['a', 'b', 'c']) {
    const seen = known?.fields[field]
    if (seen !== undefined && random.chance(0.4)) fields[field] ??= seen
  }
  const finalizers = random.chance(0.3) ? [hold] : []
  const dice = random.below(100)
  if (dice < 16) return { do: 'create', fields, finalizers }
  if (dice < 32) return { do: 'update', fields, finalizers, ...(revision && random.chance(0.7) ? { revision } : {}) }
  if (dice < 48) {
    const type = random.pick(['merge', 'strategic'] as const)
    const patch: Record<string, string | null> = { ...fields }
    for (const field of fieldNames) if (!(field in patch) && random.chance(0.2)) patch[field] = null
    return { do: 'merge', type, fields: patch, ...(revision && random.chance(0.4) ? { revision } : {}) }
  }
  if (dice < 58) {
    const field = random.pick(['a', 'b', 'c'])
    const seen = known?.fields[field]
    return { do: 'json', field, value: unique, ...(seen !== undefined && random.chance(0.6) ? { test: seen } : {}) }
  }
  if (dice < 76) return { do: 'apply', fields, force: random.chance(0.4) }
  if (dice < 80 && subject.hasStatus) return { do: 'status', status: String(1 + random.below(1_000_000)) }
  if (dice < 86) return { do: 'release' }
  return { do: 'delete', ...(revision && random.chance(0.3) ? { revision } : {}) }
}

interface Sending {
  subject: Subject
  name: string
  namespace: string | undefined
  intent: Intent
  client: string
}

async function send({ registry }: World, { subject, name, namespace, intent, client }: Sending): Promise<KubeObject> {
  const [kind] = subject.faces
  if (kind === undefined) throw new Error(`${subject.name} has no face`)
  const key = { name, namespace }
  const context: WriteContext = {
    user: { username: client, groups: [] },
    manager: client,
    isDryRun: false,
    warn() {},
  }
  const patch = async (type: string, body: unknown, more: { force?: boolean; subresource?: string } = {}) => {
    const { subresource, force } = more
    return (await registry.patch(kind, key, { request: { type, body, force }, context, subresource })).object
  }
  const whole = (fields: Record<string, string>) => objectWith(subject, name, namespace ?? '', fields)
  switch (intent.do) {
    case 'create': {
      const object = whole(intent.fields)
      object.metadata.finalizers = intent.finalizers
      return registry.create(kind, { namespace, object, context })
    }
    case 'update': {
      const object = whole(intent.fields)
      object.metadata.finalizers = intent.finalizers
      if (intent.revision) object.metadata.resourceVersion = intent.revision
      return registry.update(kind, key, { context, change: () => object })
    }
    case 'merge': {
      const body = mergePatchOf(subject, intent.fields)
      if (intent.revision) body.metadata = { ...(body.metadata as object), resourceVersion: intent.revision }
      return patch(
        intent.type === 'merge' ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json',
        body,
      )
    }
    case 'json': {
      const path = pointerOf(subject, intent.field)
      const test = intent.test === undefined ? [] : [{ op: 'test', path, value: intent.test }]
      return patch('application/json-patch+json', [...test, { op: 'add', path, value: intent.value }])
    }
    case 'apply':
      return patch('application/apply-patch+yaml', whole(intent.fields), { force: intent.force })
    case 'status': {
      const body = { status: { replicas: Number(intent.status) } }
      return patch('application/merge-patch+json', body, { subresource: 'status' })
    }
    case 'release':
      return patch('application/merge-patch+json', { metadata: { finalizers: null } })
    default: {
      const options = intent.revision ? { preconditions: { resourceVersion: intent.revision } } : {}
      return (await registry.remove(kind, key, { options, context })).object
    }
  }
}
