// Sets of field paths, as `metadata.managedFields` tells who owns what. A path is a list of elements in upstream's
// spelling: `f:name` a field, `k:{"name":"x"}` an item of a keyed list, `v:"x"` a value of a set.
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'

/** A set of paths as a tree: a node is in the set when `member` is true; its children are longer paths. */
export interface FieldSet {
  member: boolean
  children: Map<string, FieldSet>
}

/** One path of a set. */
export type FieldPath = readonly string[]

/** The set without paths. */
export function emptySet(): FieldSet {
  return { member: false, children: new Map() }
}

/** Tells whether a set has no path at all. */
export function isEmptySet(set: FieldSet | undefined): boolean {
  if (!set) return true
  return !set.member && [...set.children.values()].every(isEmptySet)
}

/** Adds a path to a set, in place. */
export function insertPath(set: FieldSet, path: FieldPath): void {
  childAt(set, path).member = true
}

/** The node at a path, made when it is missing. */
export function childAt(set: FieldSet, path: FieldPath): FieldSet {
  let node = set
  for (const element of path) {
    const next = node.children.get(element) ?? emptySet()
    node.children.set(element, next)
    node = next
  }
  return node
}

/** The node at a path, if there is one. */
export function findChild(set: FieldSet | undefined, path: FieldPath): FieldSet | undefined {
  return path.reduce<FieldSet | undefined>((node, element) => node?.children.get(element), set)
}

/** Paths that are in either set. */
export function unionOf(left: FieldSet | undefined, right: FieldSet | undefined): FieldSet {
  return combine(left, right, (inLeft, inRight) => inLeft || inRight)
}

/** Paths that are in both sets. */
export function intersectionOf(left: FieldSet | undefined, right: FieldSet | undefined): FieldSet {
  return combine(left, right, (inLeft, inRight) => inLeft && inRight)
}

/** Paths that are in the first set and not in the second; paths below those are another matter. */
export function differenceOf(left: FieldSet | undefined, right: FieldSet | undefined): FieldSet {
  return combine(left, right, (inLeft, inRight) => inLeft && !inRight)
}

function combine(
  left: FieldSet | undefined,
  right: FieldSet | undefined,
  keep: (inLeft: boolean, inRight: boolean) => boolean,
): FieldSet {
  const result: FieldSet = { member: keep(left?.member ?? false, right?.member ?? false), children: new Map() }
  const elements = new Set([...(left?.children.keys() ?? []), ...(right?.children.keys() ?? [])])
  for (const element of elements) {
    const child = combine(left?.children.get(element), right?.children.get(element), keep)
    if (!isEmptySet(child)) result.children.set(element, child)
  }
  return result
}

/** The set without a path and all that is below it. */
export function withoutSubtree(set: FieldSet, path: FieldPath): FieldSet {
  const [element, ...rest] = path
  const child = element === undefined ? undefined : set.children.get(element)
  if (element === undefined || !child) return set
  const children = new Map(set.children)
  const remaining = rest.length === 0 ? undefined : withoutSubtree(child, rest)
  if (isEmptySet(remaining) || !remaining) children.delete(element)
  else children.set(element, remaining)
  return { member: set.member, children }
}

/** Every path of a set, in the order that upstream prints. */
export function pathsOf(set: FieldSet, prefix: FieldPath = []): FieldPath[] {
  const paths: FieldPath[] = set.member && prefix.length > 0 ? [prefix] : []
  for (const [element, child] of sortedChildren(set)) paths.push(...pathsOf(child, [...prefix, element]))
  return paths
}

function sortedChildren(set: FieldSet): [string, FieldSet][] {
  return [...set.children].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
}

/** Writes a set as `fieldsV1`. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const result: JsonObject = {}
  for (const [element, child] of sortedChildren(set)) {
    const inner = toFieldsV1(child)
    const hasChildren = Object.keys(inner).length > 0
    if (!hasChildren && !child.member) continue
    result[element] = hasChildren && child.member ? { '.': {}, ...inner } : inner
  }
  return result
}

/** Reads a set from `fieldsV1`. */
export function fromFieldsV1(fields: JsonValue | undefined): FieldSet {
  const set = emptySet()
  if (!isJsonObject(fields)) return set
  for (const [element, inner] of Object.entries(fields)) {
    if (element === '.' || !isJsonObject(inner)) continue
    const child = fromFieldsV1(inner)
    child.member = Object.hasOwn(inner, '.') || Object.keys(inner).length === 0
    set.children.set(element, child)
  }
  return set
}

/** Prints a path as upstream's conflicts name it: `.spec.containers[name="x"].image`. */
export function printPath(path: FieldPath): string {
  return path.map(printElement).join('')
}

function printElement(element: string): string {
  const content = element.slice(2)
  if (element.startsWith('f:')) return `.${content}`
  if (element.startsWith('v:')) return `[=${content}]`
  if (element.startsWith('i:')) return `[${content}]`
  const keys = JSON.parse(content) as Record<string, unknown>
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`
}
