// Random writers and watchers against a model: one total order, no lost write, no gap after resuming, expiry only outside the window.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { KubeObject } from '../objects/types.ts'
import { historyLimit } from './bucket.ts'
import { openStore, StoreError } from './store.ts'
import type { Watcher } from './watcher.ts'

type Step =
  | { do: 'write'; key: number; value: number; isStale: boolean }
  | { do: 'remove'; key: number }
  | { do: 'read'; watcher: number; count: number }
  | { do: 'drop'; watcher: number }
  | { do: 'burst'; key: number; count: number }
  | { do: 'restart-list'; at: number }

const step = fc.oneof<fc.Arbitrary<Step>[]>(
  fc.record({ do: fc.constant('write'), key: fc.nat(5), value: fc.nat(3), isStale: fc.boolean() }),
  fc.record({ do: fc.constant('remove'), key: fc.nat(5) }),
  fc.record({ do: fc.constant('read'), watcher: fc.nat(2), count: fc.nat(8) }),
  fc.record({ do: fc.constant('drop'), watcher: fc.nat(2) }),
  fc.record({ do: fc.constant('burst'), key: fc.nat(5), count: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ do: fc.constant('restart-list'), at: fc.nat(50) }),
)

interface Reader {
  watcher: Watcher
  /** The last revision taken. */
  seen: number
  state: Map<string, string>
}

it('orders writes, loses none, and resumes watches without a gap', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const store = openStore()
      const start = store.revision()
      const model = new Map<string, string>()
      const log: { revision: number; key: string; value?: string }[] = []
      const states: { revision: number; objects: [string, string][] }[] = [{ revision: start, objects: [] }]
      const readers: Reader[] = [0, 1, 2].map(() => open(start, new Map()))

      function open(since: number, state: Map<string, string>): Reader {
        return { watcher: store.watch('things', { since, limit: 500, wake() {} }), seen: since, state }
      }
      function record(key: string, value: string | undefined) {
        const revision = store.revision()
        expect(revision).toBe((log.at(-1)?.revision ?? start) + 1)
        log.push(value === undefined ? { revision, key } : { revision, key, value })
        if (value === undefined) model.delete(key)
        else model.set(key, value)
        states.push({ revision, objects: [...model].sort(([a], [b]) => (a < b ? -1 : 1)) })
      }
      function write(key: string, value: string) {
        const current = store.find('things', key)
        if (current === undefined) store.create('things', key, thing(value))
        else {
          const before = store.revision()
          store.update('things', key, thing(value), current.metadata.resourceVersion ?? '')
          if (model.get(key) === value) {
            expect(store.revision()).toBe(before)
            return
          }
        }
        record(key, value)
      }
      function read(reader: Reader, count: number) {
        for (let index = 0; index < count; index += 1) {
          const change = reader.watcher.take()
          if (change === undefined) return
          const expected = log.find(({ revision }) => revision > reader.seen)
          expect(change.revision).toBe(expected?.revision)
          reader.seen = change.revision
          if (change.type === 'DELETED') reader.state.delete(change.key)
          else reader.state.set(change.key, valueIn(change.object))
        }
      }

      for (const action of steps) {
        const key = 'key' in action ? `k${action.key}` : ''
        if (action.do === 'write') {
          if (action.isStale && model.has(key)) {
            expect(() => store.update('things', key, thing('stale'), '0')).toThrow(StoreError)
          } else write(key, `${action.value}`)
        } else if (action.do === 'burst') {
          for (let index = 0; index < action.count; index += 1) write(key, `burst ${index}`)
        } else if (action.do === 'remove') {
          const current = store.find('things', key)
          expect(current !== undefined).toBe(model.has(key))
          if (current === undefined) continue
          store.remove('things', key, current.metadata.resourceVersion ?? '')
          record(key, undefined)
        } else if (action.do === 'restart-list') {
          const wanted = states[Math.max(0, states.length - 1 - action.at)]
          if (wanted === undefined || store.revision() - wanted.revision > historyLimit) continue
          const listed = store.listAt('things', wanted.revision)
          expect(listed.map(([name, object]) => [name, valueIn(object)])).toEqual(wanted.objects)
        } else {
          const reader = readers[action.watcher]
          if (reader === undefined) continue
          if (action.do === 'read') read(reader, action.count)
          if (action.do === 'drop' || reader.watcher.isCut) readers[action.watcher] = resume(reader)
        }
      }
      for (const reader of readers.map((open) => (open.watcher.isCut ? resume(open) : open))) {
        read(reader, Number.POSITIVE_INFINITY)
        expect(new Map([...reader.state].sort())).toEqual(new Map([...model].sort()))
      }
      store.stop()

      /** Resumes where the reader was; where history no longer reaches, it lists anew. */
      function resume(reader: Reader): Reader {
        reader.watcher.stop()
        const missed = log.filter(({ revision }) => revision > reader.seen).length
        try {
          const resumed = open(reader.seen, reader.state)
          return resumed
        } catch (error) {
          if (!(error instanceof StoreError)) throw error
          expect(error.reason).toBe('expired')
          expect(missed).toBeGreaterThan(historyLimit)
          return open(store.revision(), new Map(model))
        }
      }
    }),
    { numRuns: 60, verbose: 1 },
  )
})

function thing(value: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'thing' }, value }
}

function valueIn(object: KubeObject): string {
  return object.value as string
}
