// What a person changed, and who and when, from the objects that a watch shows.
import type { ObjectDiff } from '../../contract/attempts.ts'
import { fieldManager } from '../kubernetes/kubernetes-api.ts'
import { type KubeObject, nameOf } from '../kubernetes/objects.ts'
import type { ObjectChange } from '../kubernetes/watch.ts'
import { baselineKinds, isBackground } from '../world/baseline.ts'
import { fieldChanges, isSame, normalise } from '../world/normalise.ts'
import { unifiedDiff } from './unified-diff.ts'
import { toYaml } from './yaml.ts'

/** One change by the student, in words. */
export interface StudentChange {
  object: string
  text: string
  /** The object as it is now, normalised; null when it was deleted. */
  now: KubeObject | null
}

const shownFields = 3

/** The change that a person made in or outside the namespace, or undefined when a controller or the lab made it. */
export function studentChange(change: ObjectChange, namespace: string): StudentChange | undefined {
  const { object, previous, type } = change
  if (!(baselineKinds as readonly string[]).includes(object.kind) || isBackground(object)) return undefined
  const place = object.metadata.namespace ?? namespace
  const name = place === namespace ? nameOf(object) : `${place}/${nameOf(object)}`
  if (type === 'DELETED') return { object: name, text: `${name} deleted`, now: null }
  const by = writerOf(object, previous)
  if (by === fieldManager) return undefined
  const how = by ? ` (${by})` : ''
  if (type === 'ADDED' || !previous) return { object: name, text: `${name} created${how}`, now: normalise(object) }
  if (isSame(object, previous)) return undefined
  const fields = fieldChanges(normalise(previous), normalise(object)).map((field) =>
    object.kind === 'Secret' ? field.path : `${field.path} ${short(field.before)} → ${short(field.after)}`,
  )
  const more = fields.length > shownFields ? `, and ${fields.length - shownFields} more` : ''
  return {
    object: name,
    text: `${name} changed${how}: ${fields.slice(0, shownFields).join(', ')}${more}`,
    now: normalise(object),
  }
}

/** Each changed object as a diff against the healthy one; where it is healthy again, against the broken one. */
export function changesAsDiffs(
  changed: Record<string, KubeObject | null>,
  healthy: Record<string, KubeObject>,
  broken: Record<string, KubeObject>,
): Omit<ObjectDiff, 'edits'>[] {
  return Object.entries(changed).flatMap(([object, now]) => {
    const before = healthy[object]
    const then = broken[object]
    const isHealthyAgain = now !== null && before !== undefined && isSame(now, before)
    const base = isHealthyAgain ? then : (before ?? then)
    const diff = unifiedDiff(base ? toYaml(base) : '', now ? toYaml(now) : '', {
      before: isHealthyAgain ? 'broken' : 'healthy',
      after: isHealthyAgain ? 'now, as healthy' : 'now',
    })
    if (diff === '') return []
    const change = !now ? 'deleted' : base ? 'modified' : 'created'
    return [{ object, change, diff }]
  })
}

/** The newest entry of a writer of anything but status. */
function lastWrite(object: KubeObject) {
  const writers = (object.metadata.managedFields ?? []).filter((entry) => !entry.subresource)
  return writers.sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0]
}

/**
 * Who made this change, or undefined when nothing says so: whoever only removes fields owns none, and leaves the newest
 * entry to the writer before.
 */
export function writerOf(object: KubeObject, previous: KubeObject | undefined): string | undefined {
  const now = lastWrite(object)
  const before = previous && lastWrite(previous)
  const [time, timeBefore] = [now?.time ?? '', before?.time ?? '']
  // An entry that owned nothing but what was removed is gone, and an older one has become the newest.
  const isOld = before !== undefined && (time < timeBefore || (time === timeBefore && before.manager === now?.manager))
  return isOld && now?.manager === fieldManager ? undefined : now?.manager
}

function short(value: unknown): string {
  if (value === undefined) return '(none)'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
