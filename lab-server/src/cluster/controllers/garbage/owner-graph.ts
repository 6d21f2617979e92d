// Who owns whom, by uid. An index of the store, so that finding dependents needs no walk over all objects.
import type { ObjectKey } from '../../client.ts'
import type { KubeObject, OwnerReference } from '../../objects/types.ts'

/** An object as the graph knows it. */
export interface GraphNode {
  uid: string
  /** `Pod`, or `Kind.group` outside the core group. */
  kind: string
  key: ObjectKey
  owners: OwnerReference[]
}

/** The objects that have owners or can be owners, and the edges between them. */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>()
  readonly #dependents = new Map<string, Set<string>>()

  /** Records an object as it is now. */
  set(kind: string, { metadata }: KubeObject): GraphNode {
    const { uid = '', name = '', namespace } = metadata
    this.#unlink(uid)
    const key = namespace === undefined ? { name } : { namespace, name }
    const node: GraphNode = { uid, kind, key, owners: metadata.ownerReferences ?? [] }
    this.#nodes.set(uid, node)
    for (const owner of node.owners) {
      const set = this.#dependents.get(owner.uid) ?? new Set()
      this.#dependents.set(owner.uid, set.add(uid))
    }
    return node
  }

  /** Forgets an object that is gone; its dependents stay. */
  remove(uid: string): void {
    this.#unlink(uid)
    this.#nodes.delete(uid)
  }

  find(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid)
  }

  /** The objects that name `uid` as an owner. */
  dependentsOf(uid: string): GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((dependent) => this.#nodes.get(dependent) ?? [])
  }

  #unlink(uid: string): void {
    for (const owner of this.#nodes.get(uid)?.owners ?? []) {
      const set = this.#dependents.get(owner.uid)
      set?.delete(uid)
      if (set?.size === 0) this.#dependents.delete(owner.uid)
    }
  }
}
