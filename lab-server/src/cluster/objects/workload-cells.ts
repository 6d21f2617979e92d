// Cells that kinds with a pod template have in common.
import { wide } from './columns.ts'
import { formatLabelSelector } from './selectors.ts'
import type { LabelSelector, PodSpec } from './types.ts'

/** The wide columns of kinds that run a template. */
export const templateColumns = [wide('Containers'), wide('Images')]

/** The names and the images of the containers of a template. */
export function templateCells(template: { spec?: PodSpec | null } | null | undefined): [string, string] {
  const containers = template?.spec?.containers ?? []
  return [containers.map(({ name }) => name).join(), containers.map(({ image }) => image ?? '').join()]
}

/** `templateCells` and the selector. */
export function templateAndSelectorCells(
  spec: { template?: { spec?: PodSpec | null } | null; selector?: LabelSelector | null } | undefined,
): [string, string, string] {
  return [...templateCells(spec?.template), formatLabelSelector(spec?.selector)]
}

/** At most `limit` of the items, and how many more there are: `a,b,c + 2 more...`. */
export function listWithMore(items: string[], limit: number, separator = ','): string {
  const shown = items.slice(0, limit).join(separator)
  return items.length > limit ? `${shown} + ${items.length - limit} more...` : shown
}
