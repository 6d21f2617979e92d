// Kubernetes' additions for texts: more methods, regular expressions, URLs and named formats.
import { type Environment, Optional } from '@marcbachmann/cel-js'
import {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  labelValueProblems,
} from '../../objects/validation/names.ts'

/** Adds what Kubernetes knows of texts. */
export function registerTexts(environment: Environment): void {
  environment
    .registerFunction('string.charAt(int): string', (text: string, at: bigint) => [...text][Number(at)] ?? '')
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction('string.replace(string, string, int): string', replaceSome)
    .registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''))
    .registerFunction(
      'string.find(string): string',
      (text: string, pattern: string) => expressionOf(pattern).exec(text)?.[0] ?? '',
    )
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(text, pattern))
    .registerFunction('string.findAll(string, int): list<string>', (text: string, pattern: string, limit: bigint) =>
      findAll(text, pattern).slice(0, limit < 0n ? undefined : Number(limit)),
    )
    .registerFunction('string.format(list): string', (text: string, values: unknown[]) => formatText(text, values))
  registerUrls(environment)
  registerFormats(environment)
  environment
    .registerType('kubernetes.JsonPatches', JsonPatches)
    .registerConstant('jsonpatch', 'kubernetes.JsonPatches', new JsonPatches())
    .registerFunction('kubernetes.JsonPatches.escapeKey(string): string', (_: JsonPatches, key: string) =>
      key.replaceAll('~', '~0').replaceAll('/', '~1'),
    )
}

/** What `jsonpatch.escapeKey()` is called on. */
class JsonPatches {}

function expressionOf(pattern: string, flags = 'u'): RegExp {
  try {
    return new RegExp(pattern, flags)
  } catch {
    throw new Error(`illegal regex: ${pattern}`)
  }
}

function findAll(text: string, pattern: string): string[] {
  return [...text.matchAll(expressionOf(pattern, 'gu'))].map(([found]) => found)
}

function replaceSome(text: string, from: string, to: string, count: bigint): string {
  if (count < 0n) return text.replaceAll(from, () => to)
  let left = count
  return text.replaceAll(from, (found) => {
    left -= 1n
    return left >= 0n ? to : found
  })
}

function formatText(text: string, values: unknown[]): string {
  let next = 0
  return text.replace(
    /%(?:%|(?:\.(\d+))?([sdfexXob]))/g,
    (clause, digits: string | undefined, verb: string | undefined) => {
      if (verb === undefined) return '%'
      if (next >= values.length) throw new Error(`index ${next} out of range`)
      const value = values[next]
      next += 1
      if (verb === 'd') return String(value)
      if (verb === 'f') return Number(value).toFixed(Number(digits ?? 6))
      if (verb === 'e') return Number(value).toExponential(Number(digits ?? 6))
      if (verb === 'b') return (value === true ? 1n : value === false ? 0n : BigInt(value as bigint)).toString(2)
      if (verb === 'o') return BigInt(value as bigint).toString(8)
      if (verb === 'x' || verb === 'X') {
        const hex =
          typeof value === 'string' ? Buffer.from(value).toString('hex') : BigInt(value as bigint).toString(16)
        return verb === 'X' ? hex.toUpperCase() : hex
      }
      return shown(value, clause)
    },
  )
}

function shown(value: unknown, clause: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => shown(item, clause)).join(', ')}]`
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z')
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([name, member]) => `${name}: ${shown(member, clause)}`)
      .sort()
      .join(', ')}}`
  }
  return String(value)
}

/** A parsed URL. */
class Url {
  readonly text: string
  readonly parsed: URL
  constructor(text: string) {
    this.text = text
    this.parsed = new URL(text, text.startsWith('/') ? 'relative://' : undefined)
  }
}

function isUrl(text: string): boolean {
  return text.startsWith('/') || URL.canParse(text)
}

function registerUrls(environment: Environment): void {
  const part = (read: (url: URL) => string) => (url: Url) => (url.text.startsWith('/') ? '' : read(url.parsed))
  environment
    .registerType('kubernetes.URL', Url)
    .registerFunction('isURL(string): bool', isUrl)
    .registerFunction('url(string): kubernetes.URL', (text: string) => {
      if (!isUrl(text))
        throw new Error(
          `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
        )
      return new Url(text)
    })
    .registerFunction(
      'kubernetes.URL.getScheme(): string',
      part(({ protocol }) => protocol.slice(0, -1)),
    )
    .registerFunction(
      'kubernetes.URL.getHost(): string',
      part(({ host }) => host),
    )
    .registerFunction(
      'kubernetes.URL.getHostname(): string',
      part(({ hostname }) => hostname.replace(/^\[|\]$/g, '')),
    )
    .registerFunction(
      'kubernetes.URL.getPort(): string',
      part(({ port }) => port),
    )
    .registerFunction('kubernetes.URL.getEscapedPath(): string', (url: Url) => url.parsed.pathname)
    .registerFunction('kubernetes.URL.getQuery(): map', (url: Url) => {
      const names = [...new Set(url.parsed.searchParams.keys())]
      return Object.fromEntries(names.map((name) => [name, url.parsed.searchParams.getAll(name)]))
    })
}

/** A named format. */
class Format {
  readonly problems: (text: string) => string[]
  constructor(problems: (text: string) => string[]) {
    this.problems = problems
  }
}

/** What `format.x()` is called on. */
class FormatNamespace {}

const matching = (test: (text: string) => boolean, why: string) => (text: string) => (test(text) ? [] : [why])

const formats: Record<string, (text: string) => string[]> = {
  dns1123Label: dnsLabelProblems,
  dns1123Subdomain: dnsSubdomainProblems,
  dns1035Label: dns1035LabelProblems,
  qualifiedName: labelKeyProblems,
  labelValue: labelValueProblems,
  uri: matching(isUrl, 'invalid URI'),
  uuid: matching(
    (text) => /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(text),
    'does not match the UUID format',
  ),
  byte: matching((text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, 'invalid base64'),
  date: matching((text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)), 'invalid date'),
  datetime: matching((text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)), 'invalid datetime'),
}

function registerFormats(environment: Environment): void {
  environment
    .registerType('kubernetes.NamedFormat', Format)
    .registerType('kubernetes.Formats', FormatNamespace)
    .registerConstant('format', 'kubernetes.Formats', new FormatNamespace())
    .registerFunction(
      'kubernetes.NamedFormat.validate(string): optional<list<string>>',
      ({ problems }: Format, text: string) => {
        const found = problems(text)
        return found.length === 0 ? Optional.none() : Optional.of(found)
      },
    )
  for (const [name, problems] of Object.entries(formats)) {
    environment.registerFunction(`kubernetes.Formats.${name}(): kubernetes.NamedFormat`, () => new Format(problems))
  }
}
