// The lists of a strategic merge patch: matching items by key, deleting, and the order of what comes out.
import { equalJson, isJsonObject, type JsonObject, type JsonValue, ownMember } from './json-value.ts'

/** What upstream makes of a failure: 400, 422, or an error that it has no answer for. */
export type StrategicMergeProblem = 'malformed' | 'unusable' | 'unforeseen'

/** Why a strategic merge patch cannot be applied. */
export class StrategicMergeError extends Error {
  readonly problem: StrategicMergeProblem

  constructor(problem: StrategicMergeProblem, message: string) {
    super(message)
    this.name = 'StrategicMergeError'
    this.problem = problem
  }
}

/** The value that tells an item of a keyed list apart; an item without one cannot be merged. */
export function requireMergeKey(item: JsonValue, mergeKey: string): JsonValue {
  const value = isJsonObject(item) ? ownMember(item, mergeKey) : undefined
  if (value === undefined) {
    throw new StrategicMergeError('unforeseen', `map: ${goText(item)} does not contain declared merge key: ${mergeKey}`)
  }
  return value
}

/** Tells whether two items are the same one: by merge key, or by value in a list of scalars. */
export function isSameItem(left: JsonValue, right: JsonValue, mergeKey: string | undefined): boolean {
  if (mergeKey === undefined) return equalJson(left, right)
  return equalJson(requireMergeKey(left, mergeKey), requireMergeKey(right, mergeKey))
}

/** Keeps the first of equal scalars. */
export function withoutDuplicates(values: JsonValue[]): JsonValue[] {
  return values.filter((value, index) => values.findIndex((other) => equalJson(other, value)) === index)
}

/** What decides the order of a merged list. */
export interface ListOrder {
  /** The order that the patch asks for. */
  asked: JsonValue[]
  /** The order that the server has. */
  present: JsonValue[]
  mergeKey: string | undefined
}

/**
 * Orders a merged list: items that the patch names in the patch's order, all others in the server's, and the two woven
 * together by the server's order where it knows both.
 */
export function orderItems(items: JsonValue[], { asked, present, mergeKey }: ListOrder): JsonValue[] {
  const position = (order: JsonValue[], item: JsonValue) =>
    order.findIndex((other) => isSameItem(other, item, mergeKey))
  const byOrder = (order: JsonValue[]) => (left: JsonValue, right: JsonValue) =>
    rank(position(order, left)) - rank(position(order, right))

  const named = items.filter((item) => position(asked, item) >= 0).sort(byOrder(asked))
  const others = items.filter((item) => position(asked, item) < 0).sort(byOrder(present))

  const ordered: JsonValue[] = []
  while (named.length > 0 && others.length > 0) {
    const otherAt = position(present, others[0] ?? null)
    const namedAt = position(present, named[0] ?? null)
    const otherFirst = otherAt >= 0 && namedAt >= 0 && otherAt < namedAt
    ordered.push(...(otherFirst ? others : named).splice(0, 1))
  }
  return [...ordered, ...named, ...others]
}

function rank(position: number): number {
  return position < 0 ? Number.MAX_SAFE_INTEGER : position
}

/** Refuses a patch list that disagrees with its own `$setElementOrder`. */
export function checkElementOrder(patchList: JsonValue[], order: JsonValue[], mergeKey: string | undefined): void {
  const named = patchList.filter((item) => !(isJsonObject(item) && Object.hasOwn(item, '$patch')))
  let matched = 0
  for (const item of order) {
    const next = named[matched]
    if (next !== undefined && isSameItem(next, item, mergeKey)) matched++
  }
  if (matched < named.length) {
    throw new StrategicMergeError(
      'unforeseen',
      `The order in patch list:\n${goText(named)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
    )
  }
}

/** Prints a value as Go's `%v` does, which is how upstream's messages quote patches. */
export function goText(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isJsonObject(value)) return String(value)
  const members = Object.keys(value).sort()
  return `map[${members.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`
}

/** An item of a patch list that carries a directive. */
export interface DirectiveItem extends JsonObject {
  $patch: string
}

/** Tells whether an item carries a `$patch` directive. */
export function isDirectiveItem(item: JsonValue): item is DirectiveItem {
  return isJsonObject(item) && Object.hasOwn(item, '$patch')
}
