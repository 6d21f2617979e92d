// How upstream prints an object that a JSON or merge patch has changed: what the patch went through has become a map,
// whose keys are printed by the alphabet; what it left alone is as it was.
import { unescaped } from './json-patch.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownMember, setMember } from './json-value.ts'

/** The patched object as JSON. */
export function patchedText(patched: unknown, { type, body }: { type: string; body: unknown }): string {
  const isJsonPatch = type === 'application/json-patch+json'
  return JSON.stringify(alongPatch(patched as JsonValue, isJsonPatch ? touchedBy(body) : (body as JsonValue)))
}

/** Sorts the objects that a document, shaped as a merge patch, goes through. */
function alongPatch(value: JsonValue | undefined, patch: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(patch)) return value
  if (Array.isArray(value)) return value.map((item, index) => alongPatch(item, patch[index]) ?? null)
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, alongPatch(member, patch[name]) ?? null]))
}

/** The containers on the way to what a JSON patch changes, as a document. */
function touchedBy(operations: unknown): JsonValue {
  const touched: JsonObject = {}
  for (const operation of Array.isArray(operations) ? operations : []) {
    const { path, from } = operation as { path?: unknown; from?: unknown }
    for (const pointer of [path, from]) {
      if (typeof pointer !== 'string') continue
      let place = touched
      for (const name of pointer.split('/').slice(1, -1).map(unescaped)) {
        const inner = ownMember(place, name)
        const next = isJsonObject(inner) ? inner : {}
        setMember(place, name, next)
        place = next
      }
    }
  }
  return touched
}
