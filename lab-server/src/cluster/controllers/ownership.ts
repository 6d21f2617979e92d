// Who controls an object, and how a controller adopts and releases objects by its selector.
import { isApiError } from '../apiserver/errors.ts'
import type { Client } from '../client.ts'
import { matchesLabelSelector } from '../objects/selectors.ts'
import type { KindName, KindTypes, KubeObject, LabelSelector, OwnerReference } from '../objects/types.ts'

interface Owned {
  apiVersion: string
  kind: string
  metadata: KubeObject['metadata']
}

/** The owner that controls an object, if it has one. */
export function controllerOf(object: Owned): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller)
}

/** True if `owner` controls the object, by uid. */
export function isControlledBy(object: Owned, owner: Owned): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid
}

/** The owner reference that a controller writes into what it creates. */
export function controllerReference(owner: Owned): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}

/** What to adopt and what to release: pure, over the objects of the owner's namespace. */
export function planClaims<T extends Owned>(owner: Owned, selector: LabelSelector, objects: T[]) {
  const owned: T[] = []
  const adopt: T[] = []
  const release: T[] = []
  for (const object of objects) {
    const matches = matchesLabelSelector(selector, object.metadata.labels ?? {})
    const controller = controllerOf(object)
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue
      if (matches || owner.metadata.deletionTimestamp) owned.push(object)
      else if (!object.metadata.deletionTimestamp) release.push(object)
      continue
    }
    if (matches && !object.metadata.deletionTimestamp && !owner.metadata.deletionTimestamp) adopt.push(object)
  }
  return { owned, adopt, release }
}

/**
 * The objects of `kind` that `owner` controls, after adopting the orphans that its selector
 * matches and releasing those that it matches no more.
 */
export async function claim<K extends KindName>(
  client: Client,
  kind: K,
  owner: Owned,
  selector: LabelSelector,
): Promise<KindTypes[K][]> {
  const { namespace } = owner.metadata
  const objects = client.list(kind, namespace === undefined ? {} : { namespace }) as unknown as KindTypes[K][]
  const plan = planClaims(owner, selector, objects)
  const claimed = [...plan.owned]
  for (const object of plan.adopt) {
    const references = [...(object.metadata.ownerReferences ?? []), controllerReference(owner)]
    const adopted = await patchOwners(client, kind, object, references)
    if (adopted) claimed.push(adopted)
  }
  for (const object of plan.release) {
    const others = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid)
    await patchOwners(client, kind, object, others)
  }
  return claimed
}

async function patchOwners<K extends KindName>(
  client: Client,
  kind: K,
  object: KindTypes[K],
  ownerReferences: OwnerReference[],
): Promise<KindTypes[K] | undefined> {
  const { name = '', namespace = '', uid } = object.metadata
  try {
    const patch = { metadata: { uid, ownerReferences: ownerReferences.length > 0 ? ownerReferences : null } }
    return (await client.patch(kind, { name, namespace }, patch)) as unknown as KindTypes[K]
  } catch (error) {
    if (isApiError(error, 'NotFound') || isApiError(error, 'Conflict')) return undefined
    throw error
  }
}
