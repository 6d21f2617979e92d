// The answer to an apply that would change what others own, in upstream's words: kubectl prints them as they are.
import { ApiError } from '../errors.ts'
import { type FieldManager, printManager } from './field-managers.ts'
import { type FieldPath, printPath } from './field-set.ts'

/** Fields of one other manager that the apply would change. */
export interface FieldConflict {
  owner: FieldManager
  paths: FieldPath[]
}

/** 409 with one cause per field. */
export function applyConflict(conflicts: FieldConflict[]): ApiError {
  const sorted = conflicts.toSorted((left, right) => (printManager(left.owner) < printManager(right.owner) ? -1 : 1))
  const causes = sorted.flatMap(({ owner, paths }) =>
    paths.map((path) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${printManager(owner)}`,
      field: printPath(path),
    })),
  )
  return new ApiError(409, 'Conflict', message(sorted, causes), { causes })
}

function message(conflicts: FieldConflict[], causes: { message: string; field: string }[]): string {
  const [only] = causes
  if (only && causes.length === 1) return `Apply failed with 1 conflict: ${only.message}: ${only.field}`
  const lines = conflicts.flatMap(({ owner, paths }) => [
    `conflicts with ${printManager(owner)}:`,
    ...paths.map((path) => `- ${printPath(path)}`),
  ])
  return `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`
}
