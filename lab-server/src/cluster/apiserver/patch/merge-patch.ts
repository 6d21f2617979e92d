// RFC 7396.
import { cloneJson, isJsonObject, type JsonObject, type JsonValue, ownMember, setMember } from './json-value.ts'

/** Applies a JSON merge patch; neither argument is changed. */
export function applyMergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  return merge(target === undefined ? undefined : cloneJson(target), cloneJson(patch))
}

// Both arguments are ours to change.
function merge(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch
  const result: JsonObject = isJsonObject(target) ? target : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else setMember(result, key, merge(ownMember(result, key), value))
  }
  return result
}
