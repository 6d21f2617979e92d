// Writes generated/messages.json.gz from a table of protobuf messages and the OpenAPI document, which knows the names
// in JSON. Run: node generate-messages.ts <messages.json> <openapi-v2.json.gz>
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { MessageTable } from './messages.ts'
import { meaningfulZeros } from './zero-values.ts'

interface Field {
  type: string
  id: number
  rule?: string
  keyType?: string
}
interface Scope {
  fields?: Record<string, Field>
  nested?: Record<string, Scope>
}
interface Definition {
  required?: string[]
  properties?: Record<string, { 'x-kubernetes-group-version-kind'?: unknown }>
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[]
}

const SCALARS: Record<string, string> = {
  string: 'string',
  int32: 'int',
  int64: 'int',
  bool: 'bool',
  bytes: 'bytes',
  double: 'double',
}
const [messagesFile, openApiFile] = process.argv.slice(2)
if (!messagesFile || !openApiFile) throw new Error('usage: generate-messages.ts <messages.json> <openapi-v2.json.gz>')
const root = JSON.parse(readFileSync(messagesFile, 'utf8')) as Scope
const openApi = JSON.parse(gunzipSync(readFileSync(openApiFile)).toString()) as {
  definitions: Record<string, Definition>
}

const fieldsOf = new Map<string, Record<string, Field>>()
function collect(scope: Scope, path: string[]): void {
  for (const [name, inner] of Object.entries(scope.nested ?? {})) {
    if (inner.fields) fieldsOf.set([...path, name].join('.'), inner.fields)
    collect(inner, [...path, name])
  }
}
collect(root, [])

/** `apps.v1.Deployment`: the last three parts are enough to tell messages apart. */
const shortName = (name: string) => name.split('.').slice(-3).join('.')

function definitionOf(name: string): Definition | undefined {
  const openApiName = name
    .replace('k8s.io.apiextensions_apiserver', 'io.k8s.apiextensions-apiserver')
    .replace('k8s.io.', 'io.k8s.')
  return openApi.definitions[openApiName]
}

function typeOf(field: Field, message: string): string {
  const scalar = SCALARS[field.type]
  if (scalar) return scalar
  const local = `${message.split('.').slice(0, -1).join('.')}.${field.type}`
  const name = fieldsOf.has(local) ? local : field.type
  if (!fieldsOf.has(name)) throw new Error(`${message}: unknown type ${field.type}`)
  return shortName(name)
}

const plain = (name: string) => name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()

function fieldText(name: string, field: Field, message: string): string {
  const definition = definitionOf(message)
  const properties = Object.keys(definition?.properties ?? {})
  const type = typeOf(field, message)
  const jsonName = properties.includes(name) ? name : properties.find((other) => plain(other) === plain(name))
  const isInline = properties.length > 0 && !jsonName && !SCALARS[field.type]
  if (properties.length > 0 && !jsonName && !isInline) throw new Error(`${message}.${name} is not in the schema`)
  const keepsZero =
    definition?.required?.includes(jsonName ?? name) || meaningfulZeros[shortName(message)]?.split(' ').includes(name)
  const flags = [
    field.rule === 'repeated' ? 'r' : '',
    field.keyType ? 'm' : '',
    isInline ? 'i' : '',
    keepsZero ? 'z' : '',
  ].join('')
  return [field.id, jsonName ?? name, type, flags].join(' ').trimEnd()
}

const table: MessageTable = { messages: {}, kinds: {} }
for (const [message, fields] of fieldsOf) {
  table.messages[shortName(message)] = Object.entries(fields)
    .map(([name, field]) => fieldText(name, field, message))
    .join(';')
  for (const { group, version, kind } of definitionOf(message)?.['x-kubernetes-group-version-kind'] ?? []) {
    table.kinds[`${group ? `${group}/` : ''}${version}/${kind}`] = shortName(message)
  }
}
for (const kind of ['DeleteOptions', 'Status', 'ListOptions', 'CreateOptions', 'UpdateOptions', 'PatchOptions']) {
  table.kinds[`*/${kind}`] = `meta.v1.${kind}`
}
for (const [message, names] of Object.entries(meaningfulZeros)) {
  for (const name of names.split(' ')) {
    const known = [...fieldsOf].find(([other]) => shortName(other) === message)?.[1]
    if (!known?.[name]) throw new Error(`zero-values.ts names ${message}.${name}, which is no field`)
  }
}

const packed = gzipSync(JSON.stringify(table), { level: 9 })
writeFileSync(new URL('./generated/messages.json.gz', import.meta.url), packed)
process.stdout.write(`${fieldsOf.size} messages, ${packed.length} bytes\n`)
