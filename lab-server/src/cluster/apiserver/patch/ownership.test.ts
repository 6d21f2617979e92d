// Random histories of applies and updates against a model of ownership that is simple enough to be right: for each key
// of a ConfigMap its value and who owns it.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { KubeObject } from '../../objects/types.ts'
import { isApiError } from '../errors.ts'
import { trackUpdate } from './managed-fields.ts'
import { findBuiltInSchema, untyped } from './merge-schema.ts'
import { serverSideApply } from './server-side-apply.ts'

const schema = findBuiltInSchema('v1', 'ConfigMap') ?? untyped
const shared = { schema, hasStatus: false, nowMs: 0 }

type Data = Record<string, string>
interface Write {
  manager: string
  how: 'update' | 'apply' | 'force'
  data: Data
}

// Never empty: an empty map is owned itself, which the model does not know.
const data = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'), {
  minKeys: 1,
  noNullPrototype: true,
})
const write: fc.Arbitrary<Write> = fc.record({
  manager: fc.constantFrom('alice', 'bob', 'carol'),
  how: fc.constantFrom('update', 'apply', 'force'),
  data,
})

/** Value and owners by key; an owner is a manager with how it wrote. */
type Model = Map<string, { value: string; owners: Set<string> }>

function nextModel(model: Model, { manager, how, data: wanted }: Write): Model | 'conflict' {
  const self = `${manager} ${how === 'update' ? 'Update' : 'Apply'}`
  const next: Model = new Map([...model].map(([key, entry]) => [key, { ...entry, owners: new Set(entry.owners) }]))
  const changes = Object.entries(wanted).filter(([key, value]) => model.get(key)?.value !== value)
  const isTaken = ([key]: [string, string]) => [...(model.get(key)?.owners ?? [])].some((owner) => owner !== self)
  if (how === 'apply' && changes.some(isTaken)) return 'conflict'

  for (const [key, entry] of next) {
    if (Object.hasOwn(wanted, key)) continue
    if (how === 'update') next.delete(key)
    else if (entry.owners.delete(self) && entry.owners.size === 0) next.delete(key)
  }
  for (const [key, value] of changes) next.set(key, { value, owners: new Set([self]) })
  if (how !== 'update') for (const key of Object.keys(wanted)) next.get(key)?.owners.add(self)
  return next
}

function perform(before: KubeObject, { manager, how, data: wanted }: Write): KubeObject | 'conflict' {
  const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: wanted }
  if (how === 'update') return trackUpdate({ ...shared, before, after: object, manager })
  try {
    return serverSideApply({ ...shared, live: before, applied: object, manager, force: how === 'force' })
  } catch (error) {
    if (isApiError(error, 'Conflict')) return 'conflict'
    throw error
  }
}

function modelOf(object: KubeObject): Model {
  const model: Model = new Map()
  for (const [key, value] of Object.entries((object.data ?? {}) as Data)) model.set(key, { value, owners: new Set() })
  for (const { manager, operation, fieldsV1 } of object.metadata.managedFields ?? []) {
    const fields = (fieldsV1 as Record<string, object>)['f:data'] ?? {}
    for (const element of Object.keys(fields)) {
      if (element === '.') continue
      const entry = model.get(element.slice(2))
      if (!entry) throw new Error(`${manager} owns ${element}, which is not there`)
      entry.owners.add(`${manager} ${operation}`)
    }
  }
  return model
}

it('keeps values and owners as the model does', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), (writes) => {
      let object = trackUpdate({
        ...shared,
        after: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'x', labels: { by: 'creator' } },
          data: { a: '1' },
        },
        manager: 'creator',
      })
      let model = modelOf(object)
      for (const step of writes) {
        const expected = nextModel(model, step)
        const actual = perform(object, step)
        if (expected === 'conflict' || actual === 'conflict') {
          expect(actual).toBe(expected)
          continue
        }
        expect(modelOf(actual)).toEqual(expected)
        object = actual
        model = expected
      }
    }),
    { numRuns: 500 },
  )
})
