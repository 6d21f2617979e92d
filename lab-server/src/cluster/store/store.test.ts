import { afterEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../objects/types.ts'
import { historyLimit } from './bucket.ts'
import { openStore, type Store, StoreError } from './store.ts'

const opened: Store[] = []
afterEach(() => {
  for (const store of opened.splice(0)) store.stop()
})

function makeStore(): Store {
  const store = openStore()
  opened.push(store)
  return store
}

function object(name: string, data: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'a' }, data }
}

function reasonOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof StoreError) return error.reason
    throw error
  }
  return 'none'
}

describe('store', () => {
  it('gives every write a greater revision and stamps it on the object', () => {
    const store = makeStore()
    const first = store.create('configmaps', 'a/one', object('one'))
    const second = store.create('configmaps', 'a/two', object('two'))
    expect(Number(second.metadata.resourceVersion)).toBe(Number(first.metadata.resourceVersion) + 1)
    expect(store.revision()).toBe(Number(second.metadata.resourceVersion))
  })

  it('hands out objects that nobody can change', () => {
    const store = makeStore()
    const stored = store.create('configmaps', 'a/one', object('one', { x: '1' }))
    expect(() => Object.assign(stored.data as object, { x: '2' })).toThrow(TypeError)
    expect(store.find('configmaps', 'a/one')?.data).toEqual({ x: '1' })
  })

  it('refuses a write based on an older revision', () => {
    const store = makeStore()
    const before = store.create('configmaps', 'a/one', object('one')).metadata.resourceVersion ?? ''
    store.update('configmaps', 'a/one', object('one', { x: '1' }), before)
    expect(reasonOf(() => store.update('configmaps', 'a/one', object('one', { x: '2' }), before))).toBe('changed')
    expect(reasonOf(() => store.remove('configmaps', 'a/one', before))).toBe('changed')
    expect(store.find('configmaps', 'a/one')?.data).toEqual({ x: '1' })
  })

  it('skips a write that changes nothing', () => {
    const store = makeStore()
    const stored = store.create('configmaps', 'a/one', object('one', { x: '1' }))
    const again = store.update('configmaps', 'a/one', object('one', { x: '1' }), stored.metadata.resourceVersion ?? '')
    expect(again).toBe(stored)
    expect(store.revision()).toBe(Number(stored.metadata.resourceVersion))
  })

  it('lists by prefix in the order of the keys', () => {
    const store = makeStore()
    for (const key of ['b/one', 'a/two', 'a-b/one', 'a/one']) store.create('configmaps', key, object(key))
    expect(store.list('configmaps', 'a/').map(({ metadata }) => metadata.name)).toEqual(['a/one', 'a/two'])
    expect(store.list('configmaps').map(({ metadata }) => metadata.name)).toEqual([
      'a-b/one',
      'a/one',
      'a/two',
      'b/one',
    ])
  })

  it('lists as of an earlier revision', () => {
    const store = makeStore()
    const one = store.create('configmaps', 'a/one', object('one', { x: '1' }))
    store.create('configmaps', 'a/two', object('two'))
    const at = store.revision()
    store.update('configmaps', 'a/one', object('one', { x: '2' }), one.metadata.resourceVersion ?? '')
    store.remove('configmaps', 'a/two', store.find('configmaps', 'a/two')?.metadata.resourceVersion ?? '')
    store.create('configmaps', 'a/three', object('three'))
    expect(store.listAt('configmaps', at).map(([key, { data }]) => [key, data])).toEqual([
      ['a/one', { x: '1' }],
      ['a/two', {}],
    ])
  })

  it('resumes a watch without a gap and refuses one that history no longer covers', () => {
    const store = makeStore()
    let last = store.create('configmaps', 'a/one', object('one'))
    const early = store.revision()
    for (let index = 0; index < historyLimit * 1.5; index += 1) {
      last = store.update('configmaps', 'a/one', object('one', { x: `${index}` }), last.metadata.resourceVersion ?? '')
    }
    expect(reasonOf(() => store.watch('configmaps', { since: early, limit: 10, wake() {} }))).toBe('expired')
    const since = store.revision() - 5
    const watcher = store.watch('configmaps', { since, limit: 10, wake() {} })
    const seen: number[] = []
    for (let change = watcher.take(); change; change = watcher.take()) seen.push(change.revision)
    expect(seen).toEqual([1, 2, 3, 4, 5].map((step) => since + step))
  })

  it('cuts a watcher that does not read, and never the one that does', () => {
    const store = makeStore()
    const since = store.revision()
    const stalled = store.watch('configmaps', { since, limit: 10, wake() {} })
    const reading = store.watch('configmaps', { since, limit: 10, wake() {} })
    let seen = 0
    for (let index = 0; index < 50; index += 1) {
      store.create('configmaps', `a/${index}`, object(`${index}`))
      if (reading.take()) seen += 1
    }
    expect(stalled.isCut).toBe(true)
    expect(stalled.take()).toBeUndefined()
    expect(reading.isCut).toBe(false)
    expect(seen).toBe(50)
  })

  it('keeps an own field called __proto__ apart from the prototype', () => {
    const store = makeStore()
    const hostile = { ...object('one'), data: JSON.parse('{"__proto__":"polluted"}') }
    const stored = store.create('configmaps', 'a/one', hostile)
    expect(Object.hasOwn(stored.data as object, '__proto__')).toBe(true)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})
