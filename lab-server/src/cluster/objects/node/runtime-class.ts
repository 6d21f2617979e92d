import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { RuntimeClass } from '../types.ts'

/** Which runtime runs a pod's containers. */
export const runtimeClass = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  namespaced: false,
  columns: [nameColumn, plain('Handler'), ageColumn],
  cells: ({ metadata, handler }, { nowMs }) => [metadata.name, handler, age(metadata.creationTimestamp, nowMs)],
})
