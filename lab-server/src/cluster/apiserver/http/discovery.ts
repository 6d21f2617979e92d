// What the server serves, as clients discover it: the plain documents and the aggregated ones.
import type { KindDefinition, Subresource } from '../../objects/kind-definition.ts'
import { groupOrder } from '../../objects/kinds.ts'
import { noSuchPath } from '../errors.ts'

/** The verbs of a kind that does not say otherwise, in discovery's order. */
export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

interface GroupVersion {
  group: string
  version: string
  kinds: KindDefinition[]
}

/** The groups in upstream's order, those of custom kinds last; each with its versions, preferred first. */
export function groupsOf(kinds: KindDefinition[]): Map<string, GroupVersion[]> {
  const groups = new Map<string, GroupVersion[]>()
  const put = (kind: KindDefinition, version: string) => {
    const versions = groups.get(kind.group) ?? []
    groups.set(kind.group, versions)
    const existing = versions.find((candidate) => candidate.version === version)
    if (existing) existing.kinds.push(kind)
    else versions.push({ group: kind.group, version, kinds: [kind] })
  }
  for (const kind of kinds) {
    put(kind, kind.version)
    for (const version of kind.alsoServedAs ?? []) put(kind, version)
  }
  const rank = (group: string) => (groupOrder.includes(group) ? groupOrder.indexOf(group) : groupOrder.length)
  return new Map([...groups].sort(([a], [b]) => rank(a) - rank(b)))
}

/** `/api`. */
export function coreVersions(serverAddress: string) {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  }
}

/** `/apis`. */
export function groupList(kinds: KindDefinition[]) {
  const named = [...groupsOf(kinds)].filter(([group]) => group !== '')
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: named.map(([group, versions]) => groupEntry(group, versions)),
  }
}

/** `/apis/<group>`. */
export function groupDocument(kinds: KindDefinition[], group: string) {
  const versions = groupsOf(kinds).get(group)
  if (versions === undefined) throw noSuchPath()
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group, versions) }
}

function groupEntry(group: string, versions: GroupVersion[]) {
  const named = versions.map(({ version }) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: named, preferredVersion: named[0] }
}

/** `/api/v1` and `/apis/<group>/<version>`. */
export function resourceList(kinds: KindDefinition[], group: string, version: string) {
  const found = groupsOf(kinds)
    .get(group)
    ?.find((candidate) => candidate.version === version)
  if (found === undefined) throw noSuchPath()
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: found.kinds.flatMap(resourceEntries),
  }
}

function resourceEntries(kind: KindDefinition) {
  const { plural, singular, namespaced, shortNames, categories } = kind
  const main = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs: kind.verbs ?? allVerbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  }
  const parts = subresourcesOf(kind).map((part) => ({
    name: `${plural}/${part.name}`,
    singularName: '',
    namespaced,
    ...(part.group === undefined ? {} : { group: part.group }),
    ...(part.version === undefined ? {} : { version: part.version }),
    kind: part.kind,
    verbs: part.verbs,
  }))
  return [main, ...parts]
}

/** `/api` and `/apis` in one document each, as clients from 2023 on ask for them. */
export function aggregatedDiscovery(kinds: KindDefinition[], isCore: boolean, version: 'v2' | 'v2beta1') {
  const groups = [...groupsOf(kinds)].filter(([group]) => (group === '') === isCore)
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(([group, versions]) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((entry) => ({
        version: entry.version,
        resources: entry.kinds.map((kind) => aggregatedResource(kind)),
        freshness: 'Current',
      })),
    })),
  }
}

function aggregatedResource(kind: KindDefinition) {
  const { plural, singular, shortNames, categories, namespaced } = kind
  const parts = subresourcesOf(kind)
  return {
    resource: plural,
    responseKind: { group: '', version: '', kind: kind.kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: kind.verbs ?? allVerbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(parts.length > 0 ? { subresources: parts.map(aggregatedSubresource) } : {}),
  }
}

function aggregatedSubresource({ name, kind, group = '', version = '', verbs }: Subresource) {
  return { subresource: name, responseKind: { group, version, kind }, verbs }
}

/** Every subresource of a kind, by name as upstream sorts them. */
export function subresourcesOf(kind: KindDefinition): Subresource[] {
  const parts = [...(kind.otherSubresources ?? [])]
  const has = (name: string) => parts.some((part) => part.name === name)
  const verbs = ['get', 'patch', 'update']
  if (kind.subresources.scale && !has('scale')) {
    parts.push({ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs })
  }
  if (kind.subresources.status && !has('status')) parts.push({ name: 'status', kind: kind.kind, verbs })
  return parts.sort((a, b) => (a.name < b.name ? -1 : 1))
}
