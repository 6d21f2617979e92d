// Empties a namespace that is being deleted, pods first, and then lets it go.
import { isApiError } from '../../apiserver/errors.ts'
import type { Client } from '../../client.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject, Namespace } from '../../objects/types.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import { namespaceConditions, type Remaining } from './namespace-conditions.ts'

/** How often a namespace is looked at while something remains that nothing watches. */
const retryMs = 5000

/** Deletes what a terminating namespace holds and then the namespace. */
export const namespaceController = defineController({
  kind: 'Namespace',
  watches: [
    // The last pod to go lets the other kinds follow.
    mapKind('Pod', ({ type, object }, { client }) => {
      const name = object.metadata.namespace ?? ''
      return type === 'DELETED' && client.find('Namespace', { name })?.metadata.deletionTimestamp ? [{ name }] : []
    }),
  ],
  reconcile: async () => undefined,
  async cleanup(namespace, { client, clock, options }: ControllerContext) {
    const name = namespace.metadata.name ?? ''
    const finalizers = namespace.spec?.finalizers ?? []
    if (!finalizers.includes('kubernetes')) return undefined

    const kinds = options
      .kinds()
      .filter(({ namespaced, kind, verbs }) => namespaced && kind !== 'Binding' && canDelete(verbs))
    const remaining = await deleteContent(client, name, kinds)
    const conditions = namespaceConditions(namespace, remaining, clock.now())
    if (remaining.length > 0) {
      await client.writeStatus(namespace, { ...namespace.status, phase: 'Terminating', conditions })
      return { requeueAfterMs: retryMs }
    }
    await finalize(
      client,
      namespace,
      finalizers.filter((finalizer) => finalizer !== 'kubernetes'),
    )
    return undefined
  },
})

async function finalize(client: Client, namespace: Namespace, finalizers: string[]): Promise<void> {
  await client.patch('Namespace', keyOf(namespace), { spec: { finalizers } }, 'finalize')
}

function canDelete(verbs: string[] | undefined): boolean {
  return verbs === undefined || verbs.includes('delete')
}

/** Deletes everything that can be deleted now; returns what is left. */
async function deleteContent(client: Client, namespace: string, kinds: KindDefinition[]): Promise<Remaining[]> {
  const pods = kinds.filter(({ kind, group }) => kind === 'Pod' && group === '')
  const podsLeft = await deleteKinds(client, namespace, pods)
  if (podsLeft.length > 0) return podsLeft
  return deleteKinds(client, namespace, kinds)
}

async function deleteKinds(client: Client, namespace: string, kinds: KindDefinition[]): Promise<Remaining[]> {
  const remaining: Remaining[] = []
  for (const definition of kinds) {
    const kind = definition.group === '' ? definition.kind : `${definition.kind}.${definition.group}`
    for (const object of client.list(kind, { namespace }) as KubeObject[]) {
      if (!object.metadata.deletionTimestamp) await removeIfPresent(client, kind, object)
    }
    const left = client.list(kind, { namespace }) as KubeObject[]
    if (left.length > 0) {
      const { plural, group } = definition
      remaining.push({ resource: group === '' ? plural : `${plural}.${group}`, objects: left })
    }
  }
  return remaining
}

async function removeIfPresent(client: Client, kind: string, object: KubeObject): Promise<void> {
  try {
    await client.remove(kind, keyOf(object), { propagationPolicy: 'Background' })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}
