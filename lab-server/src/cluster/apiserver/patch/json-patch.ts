// RFC 6902. Our own six operations rather than a library: refusals and atomicity are the whole point here, and both
// are easier to prove in a hundred lines of ours. `json-patch.test.ts` runs json-patch-test-suite.
import { cloneJson, equalJson, isJsonObject, type JsonValue, ownMember, setMember } from './json-value.ts'

/** One operation of a JSON patch. */
export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'
  path: string
  from?: string
  value?: JsonValue
}

/** Why a patch cannot be applied. `malformed` is about the patch itself, `unusable` about this document. */
export class JsonPatchError extends Error {
  readonly problem: 'malformed' | 'unusable'

  constructor(problem: 'malformed' | 'unusable', message: string) {
    super(message)
    this.name = 'JsonPatchError'
    this.problem = problem
  }
}

const OPERATIONS = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

// Members that change how every object behaves, were they ever assigned to.
const FORBIDDEN_MEMBERS = new Set(['__proto__', 'constructor', 'prototype'])

/** Checks the shape of a patch before anything is touched. */
export function parseJsonPatch(patch: unknown): JsonPatchOperation[] {
  if (!Array.isArray(patch)) throw new JsonPatchError('malformed', 'a JSON patch is an array of operations')
  for (const operation of patch) {
    if (!isJsonObject(operation)) throw new JsonPatchError('malformed', 'an operation is an object')
    if (typeof operation.op !== 'string' || !OPERATIONS.has(operation.op)) {
      throw new JsonPatchError('unusable', `Unexpected kind: ${String(operation.op)}`)
    }
    parsePointer(operation.path)
    if (operation.op === 'move' || operation.op === 'copy') parsePointer(operation.from)
    const needsValue = operation.op === 'add' || operation.op === 'replace' || operation.op === 'test'
    if (needsValue && !Object.hasOwn(operation, 'value')) {
      throw new JsonPatchError('unusable', `${operation.op} operation does not have a value`)
    }
  }
  return patch as JsonPatchOperation[]
}

/** Applies all operations or none; `document` itself is never changed. */
export function applyJsonPatch(document: JsonValue, operations: JsonPatchOperation[]): JsonValue {
  let root: JsonValue = cloneJson(document)
  for (const operation of operations) root = applyOperation(root, operation)
  return root
}

function applyOperation(root: JsonValue, operation: JsonPatchOperation): JsonValue {
  const path = parsePointer(operation.path)
  switch (operation.op) {
    case 'add':
      return add(root, path, cloneJson(operation.value ?? null))
    case 'remove':
      return remove(root, path)
    case 'replace':
      return replace(root, path, cloneJson(operation.value ?? null))
    case 'test':
      if (isExpected(root, path, operation.value ?? null)) return root
      throw new JsonPatchError('unusable', `testing value ${operation.path} failed`)
    case 'copy':
      return add(root, path, cloneJson(get(root, parsePointer(operation.from))))
    case 'move': {
      const from = parsePointer(operation.from)
      const value = get(root, from)
      if (operation.path === operation.from) return root
      if (operation.path.startsWith(`${operation.from}/`)) {
        throw new JsonPatchError('unusable', 'a value cannot be moved into one of its own children')
      }
      return add(remove(root, from), path, value)
    }
  }
}

// As in Kubernetes, an absent member equals null: a patch can test that an annotation is not there.
function isExpected(root: JsonValue, path: string[], value: JsonValue): boolean {
  if (value !== null || path.length === 0) return equalJson(get(root, path), value)
  const { parent, last } = split(path)
  const container = get(root, parent)
  return isJsonObject(container) ? (ownMember(container, last) ?? null) === null : get(root, path) === null
}

function parsePointer(pointer: unknown): string[] {
  if (typeof pointer !== 'string') throw new JsonPatchError('unusable', 'a JSON pointer is a string')
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw new JsonPatchError('unusable', `${pointer} is not a JSON pointer`)
  const tokens = pointer.slice(1).split('/')
  return tokens.map((token) => {
    if (/~(?![01])/.test(token)) throw new JsonPatchError('unusable', `${pointer} is not a JSON pointer`)
    const member = unescaped(token)
    if (FORBIDDEN_MEMBERS.has(member)) throw new JsonPatchError('unusable', `${pointer} names a forbidden member`)
    return member
  })
}

/** The member that a token of a JSON pointer (RFC 6901) names. */
export function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}

function missing(path: string[]): JsonPatchError {
  return new JsonPatchError('unusable', `missing path: /${path.join('/')}`)
}

function arrayIndex(token: string, length: number, path: string[]): number {
  const index = /^(0|[1-9][0-9]*)$/.test(token) ? Number(token) : -1
  if (index < 0 || index >= length) throw missing(path)
  return index
}

function get(root: JsonValue, path: string[]): JsonValue {
  let value: JsonValue = root
  for (const token of path) {
    const child: JsonValue | undefined = Array.isArray(value)
      ? value[arrayIndex(token, value.length, path)]
      : isJsonObject(value)
        ? ownMember(value, token)
        : undefined
    if (child === undefined) throw missing(path)
    value = child
  }
  return value
}

function split(path: string[]): { parent: string[]; last: string } {
  return { parent: path.slice(0, -1), last: path.at(-1) ?? '' }
}

function add(root: JsonValue, path: string[], value: JsonValue): JsonValue {
  if (path.length === 0) return value
  const { parent, last } = split(path)
  const container = get(root, parent)
  if (Array.isArray(container)) {
    const index = last === '-' ? container.length : arrayIndex(last, container.length + 1, path)
    container.splice(index, 0, value)
    return root
  }
  if (!isJsonObject(container)) throw missing(path)
  setMember(container, last, value)
  return root
}

function remove(root: JsonValue, path: string[]): JsonValue {
  if (path.length === 0) return null
  const { parent, last } = split(path)
  const container = get(root, parent)
  if (Array.isArray(container)) {
    container.splice(arrayIndex(last, container.length, path), 1)
    return root
  }
  if (!isJsonObject(container) || !Object.hasOwn(container, last)) throw missing(path)
  delete container[last]
  return root
}

function replace(root: JsonValue, path: string[], value: JsonValue): JsonValue {
  if (path.length === 0) return value
  const { parent, last } = split(path)
  const container = get(root, parent)
  if (Array.isArray(container)) {
    container[arrayIndex(last, container.length, path)] = value
    return root
  }
  if (!isJsonObject(container) || !Object.hasOwn(container, last)) throw missing(path)
  setMember(container, last, value)
  return root
}
