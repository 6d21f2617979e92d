import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { makeKindTable } from './kind-table.ts'
import { kinds } from './kinds.ts'
import type { KubeObject } from './types.ts'

interface Table {
  columns: unknown[]
  rows: unknown[][]
}

// Recorded from a Kubernetes v1.36: see golden/README.md.
const tables: Record<string, Table> = JSON.parse(readFileSync(new URL('golden/tables.json', import.meta.url), 'utf8'))
const objects: KubeObject[] = JSON.parse(readFileSync(new URL('golden/objects.json', import.meta.url), 'utf8'))

const table = makeKindTable()
const preferred = (plural: string) => kinds.find((kind) => kind.plural === plural)

describe('printed columns', () => {
  test.each(Object.keys(tables))('%s are those of a real cluster', (plural) => {
    expect(preferred(plural)?.columns).toEqual(tables[plural]?.columns)
  })

  test.each(kinds.map((kind) => [`${kind.plural}.${kind.group}/${kind.version}`, kind] as const))(
    '%s all have a description',
    (_, kind) => {
      for (const column of kind.columns) expect(column.description.length).toBeGreaterThan(column.name.length)
    },
  )
})

describe('printed cells', () => {
  const printable = objects.filter(({ kind }) => !['Namespace', 'Node', 'StorageClass'].includes(kind))
  const taken = new Set<string>()

  test.each(printable.map((object) => [object.kind, object.metadata.name, object] as const))(
    '%s %s prints as on a real cluster',
    (kindName, name, object) => {
      const kind = table.findByKind(kindName)
      const expected = tables[kind?.plural ?? '']?.rows.find(([first]) => first === name)
      if (!expected) return
      taken.add(kindName)
      const nowMs = Date.parse(object.metadata.creationTimestamp ?? '') + 27_000
      expect(kind?.cells(object, { nowMs })).toEqual(expected)
    },
  )

  test('were compared for every kind that the recording has', () => {
    expect([...taken].sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'EndpointSlice',
      'Endpoints',
      'Ingress',
      'PersistentVolume',
      'PersistentVolumeClaim',
      'Pod',
      'ReplicaSet',
      'Secret',
      'Service',
      'ServiceAccount',
    ])
  })

  test('a node prints with its address, kernel and runtime', () => {
    const node = objects.find(({ kind }) => kind === 'Node') as KubeObject
    const nowMs = Date.parse(node.metadata.creationTimestamp ?? '') + 33 * 60_000
    expect(table.findByKind('Node')?.cells(node, { nowMs })).toEqual(tables.nodes?.rows[0])
  })

  test('are as many as the columns, for every object at hand', () => {
    for (const object of objects) {
      const kind = table.findByKind(object.kind)
      expect(kind?.cells(object, { nowMs: 0 })).toHaveLength(kind?.columns.length ?? 0)
    }
  })
})

describe('the table of kinds', () => {
  test('holds every kind that a real cluster serves, and nothing else', () => {
    const recorded = readFileSync(new URL('golden/api-resources.txt', import.meta.url), 'utf8')
    const [head = '', ...lines] = recorded.trimEnd().split('\n')
    const shortNamesAt = head.indexOf('SHORTNAMES')
    const words = lines.map((line) => {
      const rest = line.slice(shortNamesAt).trim().split(/\s+/)
      return [line.slice(0, shortNamesAt).trim(), ...(rest.length === 3 ? ['', ...rest] : rest)].join(' ')
    })
    const versions = new Map<string, string>()
    for (const { group, version } of kinds) if (!versions.has(group)) versions.set(group, version)
    const served = kinds
      .filter(({ group, version }) => versions.get(group) === version)
      .map(({ plural, shortNames, group, version, namespaced, kind }) =>
        [plural, shortNames.join(), group ? `${group}/${version}` : version, namespaced, kind].join(' '),
      )
    expect(served.sort()).toEqual(words.sort())
  })

  test('finds a kind by path and by name', () => {
    expect(table.find('apps', 'v1', 'deployments')?.kind).toBe('Deployment')
    expect(table.find('apps', 'v1beta1', 'deployments')).toBeUndefined()
    expect(table.findByKind('Deployment')?.plural).toBe('deployments')
    expect(table.findByKind('Event')?.group).toBe('')
    expect(table.findByKind('Event.events.k8s.io')?.group).toBe('events.k8s.io')
    expect(table.findByKind('Event', 'events.k8s.io')?.group).toBe('events.k8s.io')
    expect(table.findByKind('HorizontalPodAutoscaler')?.version).toBe('v2')
  })

  test('takes custom kinds at run time without touching another cluster', () => {
    const mine = makeKindTable()
    const lab = { ...(kinds[0] as (typeof kinds)[0]), group: 'example.com', version: 'v1', kind: 'Lab', plural: 'labs' }
    mine.add(lab)
    expect(mine.find('example.com', 'v1', 'labs')).toBe(lab)
    expect(mine.findByKind('Lab')).toBe(lab)
    expect(table.find('example.com', 'v1', 'labs')).toBeUndefined()
    mine.remove('example.com', 'v1', 'labs')
    expect(mine.findByKind('Lab')).toBeUndefined()
  })
})
