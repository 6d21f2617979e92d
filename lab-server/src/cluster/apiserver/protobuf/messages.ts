// The table of messages: what each field number of each message is called in JSON, and what its bytes are.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** How a field's bytes read: a scalar, or the name of a message. */
export type FieldType = 'string' | 'int' | 'bool' | 'bytes' | 'double' | (string & {})

/** One field of a message. */
export interface MessageField {
  name: string
  type: FieldType
  repeated: boolean
  /** A map from strings to `type`. */
  map: boolean
  /** Its members belong to the surrounding object. */
  inline: boolean
  /** Its zero is written to JSON. */
  keepsZero: boolean
}

/** The fields of a message by their numbers. */
export type Message = ReadonlyMap<number, MessageField>

/** As generated: per message one text, `number name type [flags]` per field, separated by semicolons. */
export interface MessageTable {
  messages: Record<string, string>
  /** `apps/v1/Deployment` → message. */
  kinds: Record<string, string>
}

let table: MessageTable | undefined
const parsed = new Map<string, Message>()

function load(): MessageTable {
  table ??= JSON.parse(
    gunzipSync(readFileSync(new URL('./generated/messages.json.gz', import.meta.url))).toString(),
  ) as MessageTable
  return table
}

/** The message that carries a kind. Options and Status are known under every group. */
export function findMessageOfKind(apiVersion: string, kind: string): string | undefined {
  const { kinds } = load()
  return kinds[`${apiVersion}/${kind}`] ?? kinds[`*/${kind}`]
}

/** The fields of a message by its name in the table. */
export function getMessage(name: string): Message {
  const known = parsed.get(name)
  if (known) return known
  const text = load().messages[name]
  if (text === undefined) throw new Error(`no such message: ${name}`)
  const fields = text.split(';').filter(Boolean).map(parseField)
  const message: Message = new Map(fields)
  parsed.set(name, message)
  return message
}

function parseField(text: string): [number, MessageField] {
  const [number = '', name = '', type = '', flags = ''] = text.split(' ')
  return [
    Number(number),
    {
      name,
      type,
      repeated: flags.includes('r'),
      map: flags.includes('m'),
      inline: flags.includes('i'),
      keepsZero: flags.includes('z'),
    },
  ]
}
