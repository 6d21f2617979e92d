// Writes generated/merge-schema.json.gz: of the published OpenAPI v2 document, what merging needs and nothing else.
// Run: node generate-merge-schema.ts <openapi-v2.json.gz>
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'

const KEPT = new Set([
  '$ref',
  'type',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-patch-strategy',
])
const PREFIX = '#/definitions/'

function strip(node: JsonValue): JsonObject {
  const result: JsonObject = {}
  if (!isJsonObject(node)) return result
  for (const [key, value] of Object.entries(node)) {
    if (key === 'format' && (value === 'int-or-string' || value === 'date-time')) result[key] = value
    if (KEPT.has(key)) result[key] = typeof value === 'string' ? value.replace(PREFIX, '') : value
    if ((key === 'items' || key === 'additionalProperties') && isJsonObject(value)) result[key] = strip(value)
    if (key === 'properties' && isJsonObject(value)) {
      result[key] = Object.fromEntries(Object.entries(value).map(([name, property]) => [name, strip(property)]))
    }
  }
  return result
}

const source = process.argv[2]
if (!source) throw new Error('usage: node generate-merge-schema.ts <openapi-v2.json.gz>')
const document = JSON.parse(gunzipSync(readFileSync(source)).toString()) as { definitions: JsonObject }

const definitions: JsonObject = {}
const kinds: Record<string, string> = {}
for (const [name, definition] of Object.entries(document.definitions)) {
  if (/openshift/i.test(name) || !isJsonObject(definition)) continue
  definitions[name] = strip(definition)
  // Written as text or as a number.
  if (name.endsWith('.resource.Quantity')) definitions[name] = { type: 'string', format: 'int-or-string' }
  const identities = definition['x-kubernetes-group-version-kind']
  if (!Array.isArray(identities) || identities.length !== 1 || !isJsonObject(identities[0])) continue
  const { group, version, kind } = identities[0]
  kinds[`${group ? `${group}/` : ''}${version}/${kind}`] = name
}

const packed = gzipSync(JSON.stringify({ kinds, definitions }), { level: 9 })
writeFileSync(new URL('./generated/merge-schema.json.gz', import.meta.url), packed)
process.stdout.write(`${Object.keys(definitions).length} definitions, ${packed.length} bytes\n`)
