// The kinds one cluster serves: the built-in ones and the custom ones added while it runs.
import type { KindDefinition } from './kind-definition.ts'
import { kinds } from './kinds.ts'

/** A registry of kinds, in the order in which they are served. */
export interface KindTable {
  /** The kind behind a request path. A version that `alsoServedAs` names finds it too. */
  find(group: string, version: string, plural: string): KindDefinition | undefined
  /** The kind by `kind`, or by `kind.group` where that is not unique; the preferred one of several. */
  findByKind(kind: string, group?: string): KindDefinition | undefined
  all(): KindDefinition[]
  /** Adds a kind, or replaces the one of the same group, version and plural. */
  add(definition: KindDefinition): void
  remove(group: string, version: string, plural: string): void
}

/** Makes the table of one cluster, holding the built-in kinds. */
export function makeKindTable(builtIn: KindDefinition[] = kinds): KindTable {
  const byPath = new Map<string, KindDefinition>()
  // Controllers look kinds up at every call, so names are indexed; both indexes are rebuilt on a change.
  let byName = new Map<string, KindDefinition>()
  let everything: KindDefinition[] = []

  const index = () => {
    everything = [...byPath.values()]
    byName = new Map()
    for (const kind of everything) {
      for (const name of [kind.kind, `${kind.kind}.${kind.group}`]) if (!byName.has(name)) byName.set(name, kind)
    }
  }
  for (const kind of builtIn) byPath.set(pathOf(kind.group, kind.version, kind.plural), kind)
  index()

  return {
    find(group, version, plural) {
      const exact = byPath.get(pathOf(group, version, plural))
      if (exact) return exact
      return everything.find(
        (kind) => kind.group === group && kind.plural === plural && kind.alsoServedAs?.includes(version),
      )
    },
    findByKind: (kind, group) => byName.get(group === undefined ? kind : `${kind}.${group}`),
    all: () => everything,
    add(definition) {
      byPath.set(pathOf(definition.group, definition.version, definition.plural), definition)
      index()
    },
    remove(group, version, plural) {
      byPath.delete(pathOf(group, version, plural))
      index()
    },
  }
}

function pathOf(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`
}
