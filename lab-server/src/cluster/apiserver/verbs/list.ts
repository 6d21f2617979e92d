import type { KindDefinition } from '../../objects/kind-definition.ts'
import { matchesFields, matchesRequirements, parseFieldSelector, parseLabelSelector } from '../../objects/selectors.ts'
import type { KubeObject } from '../../objects/types.ts'
import { StoreError } from '../../store/store.ts'
import { badRequest, expired, invalid, tooLargeVersion } from '../errors.ts'
import type { RegistryCore } from '../registry-core.ts'
import { storageVersionOf } from '../storage-version.ts'

/** What to list. Selectors are in kubectl's syntax. */
export interface ListRequest {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  limit?: number
  /** The token of an earlier answer. */
  continueToken?: string
  resourceVersion?: string
  resourceVersionMatch?: string
}

/** One page of a list, all of it as of one revision. */
export interface ListPage {
  items: KubeObject[]
  resourceVersion: string
  continueToken?: string
  remainingItemCount?: number
}

/** Tells whether an object is selected. */
export type Match = (object: KubeObject) => boolean

/** Builds the test for both selectors; throws in upstream's words for one that cannot be understood. */
export function selectorMatch(
  kind: KindDefinition,
  request: Pick<ListRequest, 'labelSelector' | 'fieldSelector'>,
): Match {
  const tests: Match[] = []
  if (request.labelSelector) {
    const requirements = parseOrRefuse(() => parseLabelSelector(request.labelSelector ?? ''))
    tests.push((object) => matchesRequirements(requirements, object.metadata.labels))
  }
  if (request.fieldSelector) tests.push(fieldMatch(kind, request.fieldSelector))
  return (object) => tests.every((test) => test(object))
}

function fieldMatch(kind: KindDefinition, text: string): Match {
  const requirements = parseOrRefuse(() => parseFieldSelector(text))
  const fields: Record<string, (object: KubeObject) => string> = {
    'metadata.name': (object) => object.metadata.name ?? '',
    ...(kind.namespaced ? { 'metadata.namespace': (object: KubeObject) => object.metadata.namespace ?? '' } : {}),
    ...kind.selectableFields,
  }
  const unknown = requirements.find(({ field }) => !Object.hasOwn(fields, field))
  if (unknown) throw badRequest(unknownField(kind, unknown.field))
  return (object) => matchesFields(requirements, (field) => fields[field]?.(object) ?? '')
}

/** Kinds with fields of their own name only the unknown one; the others also say what there is. */
function unknownField(kind: KindDefinition, field: string): string {
  if (kind.selectableFields) return `field label not supported: ${field}`
  const known = kind.namespaced ? '"metadata.name", "metadata.namespace"' : '"metadata.name"'
  return `${JSON.stringify(field)} is not a known field selector: only ${known}`
}

function parseOrRefuse<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error))
  }
}

/** Lists objects in key order; with a limit, page by page as of the first page's revision. */
export function listObjects(core: RegistryCore, kind: KindDefinition, request: ListRequest): ListPage {
  const storage = storageVersionOf(kind)
  const match = selectorMatch(kind, request)
  const prefix = kind.namespaced && request.namespace ? `${request.namespace}/` : ''
  checkVersion(core, request)
  if (!request.limit && !request.continueToken && !isExact(request)) {
    const items = core.store.list(storage.bucket, prefix).map(storage.fromStored).filter(match)
    return { items, resourceVersion: String(core.store.revision()) }
  }

  const from = startOf(core, request)
  const entries = entriesAt(core, storage.bucket, from)
  const items: KubeObject[] = []
  const limit = request.limit || Number.POSITIVE_INFINITY
  let lastKey: string | undefined
  for (const [index, [key, stored]] of entries.entries()) {
    if (!key.startsWith(prefix) || (from.after !== undefined && key <= from.after)) continue
    const object = storage.fromStored(stored)
    if (!match(object)) continue
    if (items.length === limit) {
      // Upstream cannot count what a selector would leave out, and says nothing then.
      const isSelected = request.labelSelector || request.fieldSelector
      const left = entries.slice(index).filter(([later]) => later.startsWith(prefix)).length
      return {
        items,
        resourceVersion: String(from.revision),
        continueToken: encodeToken(from.revision, (lastKey ?? '').slice(prefix.length)),
        ...(isSelected ? {} : { remainingItemCount: left }),
      }
    }
    items.push(object)
    lastKey = key
  }
  return { items, resourceVersion: String(from.revision) }
}

interface ListStart {
  revision: number
  /** The last key of the page before. */
  after?: string
}

function startOf(core: RegistryCore, request: ListRequest): ListStart {
  if (request.continueToken) {
    const prefix = request.namespace ? `${request.namespace}/` : ''
    const token = decodeToken(request.continueToken)
    const current = core.store.revision()
    if (token.revision > current) throw tooLargeVersion(String(token.revision), current)
    return { revision: token.revision, after: prefix + token.after }
  }
  return { revision: isExact(request) ? Number(request.resourceVersion) : core.store.revision() }
}

function entriesAt(core: RegistryCore, bucket: string, { revision, after }: ListStart): [string, KubeObject][] {
  try {
    return core.store.listAt(bucket, revision)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (after === undefined) throw expired(`The resourceVersion for the provided list is too old.`)
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    )
  }
}

function isExact(request: ListRequest): boolean {
  if (!request.resourceVersion || request.resourceVersion === '0') return false
  // A limit with a version and no match rule is an exact read, as it always was.
  return request.resourceVersionMatch === 'Exact' || (!request.resourceVersionMatch && (request.limit ?? 0) > 0)
}

function checkVersion(core: RegistryCore, { resourceVersion, resourceVersionMatch, continueToken }: ListRequest): void {
  if (resourceVersionMatch) checkMatchRule(resourceVersion, resourceVersionMatch, continueToken)
  if (!resourceVersion) return
  if (continueToken) {
    if (resourceVersion === '0') return
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  checkResourceVersion(core, resourceVersion)
}

/** Refuses a version that is no number, or one that the store has not reached. */
export function checkResourceVersion(core: RegistryCore, resourceVersion: string): number {
  if (!/^\d+$/.test(resourceVersion)) {
    throw invalidOption(
      'resourceVersion',
      'FieldValueInvalid',
      `Invalid value: ${JSON.stringify(resourceVersion)}: strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`,
    )
  }
  const revision = Number(resourceVersion)
  if (revision > core.store.revision()) throw tooLargeVersion(resourceVersion, core.store.revision())
  return revision
}

function checkMatchRule(resourceVersion: string | undefined, rule: string, continueToken: string | undefined): void {
  const refuse = (message: string) =>
    invalidOption('resourceVersionMatch', 'FieldValueForbidden', `Forbidden: ${message}`)
  if (continueToken) throw refuse('resourceVersionMatch is forbidden when continue is provided')
  if (!resourceVersion) throw refuse('resourceVersionMatch is forbidden unless resourceVersion is provided')
  if (rule !== 'Exact' && rule !== 'NotOlderThan') {
    const message = `Unsupported value: ${JSON.stringify(rule)}: supported values: "Exact", "NotOlderThan", ""`
    throw invalidOption('resourceVersionMatch', 'FieldValueNotSupported', message)
  }
  if (rule === 'Exact' && resourceVersion === '0') {
    throw refuse('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
}

/** 422 for a query parameter of list or watch. */
export function invalidOption(
  field: string,
  type: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueNotSupported',
  message: string,
) {
  return invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [{ field, type, message }])
}

/** The same shape as upstream's token; clients must treat it as opaque. */
function encodeToken(revision: number, lastKey: string): string {
  const token = { v: 'meta.k8s.io/v1', rv: revision, start: `${lastKey}\u0000` }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function decodeToken(text: string): { revision: number; after: string } {
  const refuse = (why: string) => badRequest(`continue key is not valid${why}`)
  const wrong = text.search(/[^A-Za-z0-9_-]/)
  if (wrong >= 0 || text.length % 4 === 1) {
    throw refuse(`: illegal base64 data at input byte ${wrong >= 0 ? wrong : text.length - 1}`)
  }
  const { v = '', rv = 0, start = '' } = parseToken(Buffer.from(text, 'base64url').toString('utf8'), refuse)
  if (v !== 'meta.k8s.io/v1') throw refuse(`: server does not recognize this encoded version ${v}`)
  if (!Number.isSafeInteger(rv) || rv <= 0) {
    throw refuse(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  }
  if (start === '') throw refuse(': encoded start key empty (version meta.k8s.io/v1)')
  // A start that leaves its folder is nobody's own token.
  if (start.split('/').some((part) => part === '..' || part === '.')) throw refuse(`: ${start}`)
  return { revision: rv, after: start.endsWith('\0') ? start.slice(0, -1) : start }
}

function parseToken(json: string, refuse: (why: string) => Error): { v?: string; rv?: number; start?: string } {
  try {
    const token: unknown = JSON.parse(json)
    const { v, rv, start } = (token ?? {}) as Record<string, unknown>
    const fits = typeof token === 'object' && typeof (v ?? '') === 'string' && typeof (rv ?? 0) === 'number'
    if (fits && typeof (start ?? '') === 'string') return token as object
  } catch {
    // Not JSON: refused like JSON that is no token.
  }
  throw refuse(': it is no token of this server')
}
