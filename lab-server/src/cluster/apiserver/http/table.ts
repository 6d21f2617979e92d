// Objects as the rows that `kubectl get` prints.
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'

/** Which part of each object travels with its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** Everything a table needs to know of the request. */
export interface TableOptions {
  version: string
  includeObject: IncludeObject
  nowMs: number
}

/** A Table of objects; `metadata` is the list's own. */
export function tableOf(kind: KindDefinition, objects: KubeObject[], metadata: object, options: TableOptions) {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: columnDefinitions(kind),
    rows: objects.map((object) => tableRow(kind, object, options)),
  }
}

/** One row: cells, and as much of the object as was asked for. */
export function tableRow(kind: KindDefinition, object: KubeObject, { version, includeObject, nowMs }: TableOptions) {
  const cells = kind.cells(object, { nowMs })
  if (includeObject === 'None') return { cells }
  if (includeObject === 'Object') return { cells, object }
  return { cells, object: partialObject(object, version) }
}

/** The columns of a kind, as a Table describes them. */
export function columnDefinitions(kind: KindDefinition) {
  return kind.columns.map(({ name, type, format = '', description, priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }))
}

/** The metadata of an object alone. */
export function partialObject({ metadata }: KubeObject, version: string) {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata }
}
