import { safeEncode } from './names.ts'

/**
 * Names a pod template: equal templates get equal hashes whatever the order of their fields.
 * `collisionCount` picks another name when that one is taken by a different template.
 */
export function podTemplateHash(template: unknown, collisionCount?: number): string {
  const text = canonical(template) + (collisionCount === undefined ? '' : `#${collisionCount}`)
  return safeEncode(String(fnv1a32(text)))
}

// Fields that are empty mean the same as absent ones, as they do once a template is defaulted.
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined && field !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join()}}`
}

function fnv1a32(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
