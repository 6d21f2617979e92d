// Plain JSON values that are shared: frozen once, compared and never changed.

/** Freezes a JSON value and all it holds; returns the same value. Frozen parts are not walked again. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
  return value
}

/** Compares two JSON values; the order of an object's keys does not matter, and an `undefined` field is an absent one. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, index) => jsonEqual(item, b[index]))
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key of Object.keys(left)) {
    if (left[key] !== undefined && !(Object.hasOwn(right, key) && jsonEqual(left[key], right[key]))) return false
  }
  return Object.keys(right).every((key) => right[key] === undefined || Object.hasOwn(left, key))
}

const shared = new WeakSet<object>()

/** Freezes a value of plain JSON that many objects will hold; see `copyAroundShared`. */
export function deepShare<T extends object>(value: T): T {
  shared.add(deepFreeze(value))
  return value
}

/** Tells whether `deepShare` was given this very value. */
export function isShared(value: object): boolean {
  return shared.has(value)
}

/** A private copy, free of `undefined` fields and of foreign prototypes: what JSON would carry. */
export function plainCopy<T>(value: T): T {
  return copyOf(value, () => false) as T
}

/** The same, but for parts that `deepShare` was given: the copy holds those themselves, which cannot be changed. */
export function copyAroundShared<T>(value: T): T {
  return copyOf(value, isShared) as T
}

function copyOf(value: unknown, isKept: (value: object) => boolean): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object' || value === null || isKept(value)) return value
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : copyOf(item, isKept)))
  const { toJSON } = value as { toJSON?: unknown }
  // Dates and buffers have their own idea of JSON.
  if (typeof toJSON === 'function') return JSON.parse(JSON.stringify(value))
  const copy: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue
    // Assigned, it would become the copy's prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { ...ownData, value: copyOf(member, isKept) })
    else copy[name] = copyOf(member, isKept)
  }
  return copy
}

const ownData = { writable: true, enumerable: true, configurable: true }
