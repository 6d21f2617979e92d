// Writes the generated files of this folder from the OpenAPI v2 document that a Kubernetes API publishes:
// `openapi-v2.json.gz` for clients, cut to the kinds we serve, and `schemas.json.gz`, the bare shapes.
// Run: node generate.ts <openapi-v2.json.gz>
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { kinds } from '../objects/kinds.ts'
import type { OpenApiV2, SchemaV2 } from './openapi-v2.ts'
import type { Schema, Schemas } from './schemas.ts'

const prefix = '#/definitions/'

const source = process.argv[2]
if (!source) throw new Error('usage: node generate.ts <openapi-v2.json.gz>')
const document: OpenApiV2 = JSON.parse(gunzipSync(readFileSync(source)).toString())

const wanted = reachable(document)
document.definitions = Object.fromEntries(Object.entries(document.definitions).filter(([name]) => wanted.has(name)))
write('openapi-v2.json.gz', document)

// Kinds of bodies that are read and never stored.
const bodies = [
  '/v1/DeleteOptions',
  'authentication.k8s.io/v1/TokenRequest',
  'autoscaling/v1/Scale',
  'policy/v1/Eviction',
]

const schemas: Schemas = { kinds: {}, definitions: {} }
for (const [name, definition] of Object.entries(document.definitions)) {
  schemas.definitions[name] = shapeOf(definition)
  for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
    const isOurs = kinds.some((ours) => ours.group === group && ours.version === version && ours.kind === kind)
    const gvk = `${group}/${version}/${kind}`
    if (isOurs || bodies.includes(gvk)) schemas.kinds[gvk] = name
  }
}
write('schemas.json.gz', schemas)

function write(file: string, content: unknown): void {
  const packed = gzipSync(JSON.stringify(content), { level: 9 })
  writeFileSync(new URL(`generated/${file}`, import.meta.url), packed)
  process.stdout.write(`${file}: ${packed.length} bytes\n`)
}

function reachable({ paths, parameters, definitions }: OpenApiV2): Set<string> {
  const found = new Set<string>()
  const pending: unknown[] = [paths, parameters]
  for (const [name, definition] of Object.entries(definitions)) {
    const isServed = definition['x-kubernetes-group-version-kind']?.some(({ group, version, kind }) =>
      kinds.some((ours) => ours.group === group && ours.version === version && ours.kind === kind),
    )
    if (isServed || name.startsWith('io.k8s.apimachinery')) pending.push({ $ref: prefix + name })
  }
  while (pending.length > 0) {
    const node = pending.pop()
    if (typeof node !== 'object' || node === null) continue
    const { $ref } = node as { $ref?: unknown }
    if (typeof $ref === 'string' && $ref.startsWith(prefix) && !found.has($ref.slice(prefix.length))) {
      found.add($ref.slice(prefix.length))
      pending.push(definitions[$ref.slice(prefix.length)])
    }
    pending.push(...Object.values(node))
  }
  return found
}

function shapeOf(node: SchemaV2): Schema {
  if (typeof node.$ref === 'string') return special(node.$ref.slice(prefix.length))
  if (node.type === 'array') return { type: 'array', items: shapeOf(node.items ?? {}) }
  if (node.properties) {
    const fields = Object.entries(node.properties).map(([name, property]) => [name, shapeOf(property)] as const)
    const required = node.required && node.required.length > 0 ? { required: node.required } : {}
    return { type: 'object', fields: Object.fromEntries(fields), ...required }
  }
  if (node.type === 'object' && node.additionalProperties) {
    return { type: 'object', values: shapeOf(node.additionalProperties) }
  }
  if (node.type === 'string') return { type: node.format === 'byte' ? 'byte' : 'string' }
  if (node.type === 'boolean' || node.type === 'number') return { type: node.type }
  if (node.type === 'integer') return { type: node.format === 'int32' ? 'int32' : 'int64' }
  return { type: 'any' }
}

function special(name: string): Schema {
  const last = name.slice(name.lastIndexOf('.') + 1)
  if (last === 'Quantity') return { type: 'quantity' }
  if (last === 'IntOrString') return { type: 'int-or-string' }
  if (last === 'Time') return { type: 'time' }
  if (last === 'MicroTime') return { type: 'micro-time' }
  if (document.definitions[name]?.properties) return { ref: name }
  return { type: 'any' }
}
