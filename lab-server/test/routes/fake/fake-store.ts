// Objects of the fake cluster: enough of the Kubernetes API's semantics for the lab's own client.
import { randomUUID } from 'node:crypto'
import type { KubeObject } from '../../../src/lab/kubernetes/objects.ts'

export interface FakeEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  plural: string
  object: KubeObject
}

/** Keeps objects by plural, namespace and name, with versions and watchers. */
export class FakeStore {
  private readonly objects = new Map<string, { plural: string; object: KubeObject }>()
  private readonly watchers = new Set<(event: FakeEvent) => void>()
  private version = 1

  get revision(): string {
    return String(this.version)
  }

  find(plural: string, namespace: string, name: string): KubeObject | undefined {
    return this.objects.get(keyOf(plural, namespace, name))?.object
  }

  list(plural: string, namespace?: string): KubeObject[] {
    return [...this.objects.values()]
      .filter(
        (entry) => entry.plural === plural && (!namespace || (entry.object.metadata.namespace ?? '') === namespace),
      )
      .map((entry) => entry.object)
  }

  /** Writes an object; a write that changes nothing is none. Status does not raise the generation. */
  put(plural: string, object: KubeObject, manager = 'controller'): KubeObject {
    const { namespace = '', name } = object.metadata
    const before = this.find(plural, namespace, name)
    const isSpecNew = JSON.stringify(before?.spec) !== JSON.stringify(object.spec)
    const metadata = {
      ...object.metadata,
      uid: before?.metadata.uid ?? randomUUID(),
      creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString(),
      generation: (before?.metadata.generation ?? 0) + (isSpecNew ? 1 : 0),
      resourceVersion: before?.metadata.resourceVersion,
      managedFields: before?.metadata.managedFields,
    }
    const next = { ...object, metadata }
    if (before && JSON.stringify(before) === JSON.stringify(next)) return before
    this.version += 1
    const others = (before?.metadata.managedFields ?? []).filter((entry) => entry.manager !== manager)
    const managedFields =
      manager === 'controller'
        ? metadata.managedFields
        : [...others, { manager, operation: 'Update', time: new Date().toISOString() }]
    const stored = { ...next, metadata: { ...metadata, managedFields, resourceVersion: this.revision } }
    this.objects.set(keyOf(plural, namespace, name), { plural, object: stored })
    this.tell({ type: before ? 'MODIFIED' : 'ADDED', plural, object: stored })
    return stored
  }

  remove(plural: string, namespace: string, name: string): KubeObject | undefined {
    const object = this.find(plural, namespace, name)
    if (!object) return undefined
    this.objects.delete(keyOf(plural, namespace, name))
    this.version += 1
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: this.revision } }
    this.tell({ type: 'DELETED', plural, object: last })
    return last
  }

  watch(watcher: (event: FakeEvent) => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  private tell(event: FakeEvent): void {
    for (const watcher of [...this.watchers]) watcher(event)
  }
}

function keyOf(plural: string, namespace: string, name: string): string {
  return `${plural}/${namespace}/${name}`
}
