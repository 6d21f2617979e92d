import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { ControllerRevision } from '../types.ts'

/** A state that a StatefulSet or DaemonSet was in, to roll back to. */
export const controllerRevision = defineKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  columns: [nameColumn, plain('Controller'), plain('Revision'), ageColumn],
  cells: ({ metadata, revision }, { nowMs }) => [
    metadata.name,
    controllerOf(metadata.ownerReferences),
    revision,
    age(metadata.creationTimestamp, nowMs),
  ],
})

function controllerOf(owners: ControllerRevision['metadata']['ownerReferences']): string {
  const owner = owners?.find(({ controller }) => controller)
  if (!owner) return '<none>'
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}
