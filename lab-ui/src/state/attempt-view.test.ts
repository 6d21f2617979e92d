import { expect, test } from 'vitest'
import { emptyView, nextView, progress, refusals } from './attempt-view.ts'

const attempt = { id: 'a', checks: [], invariants: [], holding: null } as never
const check = (status: 'passed' | 'failed' | 'unknown') => ({
  id: status,
  title: '',
  status,
  expected: '',
  observed: '',
})

test('checks that arrive before the attempt are left out', () => {
  expect(nextView(emptyView, { type: 'checks', checks: [check('failed')], invariants: [], holding: null })).toBe(
    emptyView,
  )
})

test('checks replace those of the attempt and leave the rest of it', () => {
  const before = nextView(emptyView, { type: 'attempt', attempt })
  const after = nextView(before, {
    type: 'checks',
    checks: [check('passed')],
    invariants: [check('failed')],
    holding: { since: 'now', seconds: 10 },
  })
  expect(after.attempt).toMatchObject({
    id: 'a',
    checks: [{ status: 'passed' }],
    invariants: [{ status: 'failed' }],
    holding: { seconds: 10 },
  })
})

test('the timeline is replaced once and grows afterwards', () => {
  const entry = (text: string) => ({ at: '', kind: 'change' as const, text })
  const first = nextView(emptyView, { type: 'timeline', entries: [entry('a')], replace: true })
  const second = nextView(first, { type: 'timeline', entries: [entry('b')], replace: false })
  expect(second.timeline.map((line) => line.text)).toEqual(['a', 'b'])
})

test('health is healthy only when every tier is', () => {
  const health = (api: number | null, database: 'connected' | 'disconnected') => ({
    at: 't',
    frontend: { status: 200, detail: '' },
    api: { status: api, detail: '' },
    database,
  })
  const view = [health(200, 'connected'), health(503, 'disconnected'), health(null, 'disconnected')].reduce(
    (current, value) => nextView(current, { type: 'health', health: value }),
    emptyView,
  )
  expect(view.healthHistory.map((entry) => entry.healthy)).toEqual([true, false, false])
})

test('only passed checks count as progress', () => {
  expect(progress([check('passed'), check('failed'), check('unknown')])).toEqual({ passed: 1, total: 3 })
})

test('a broken application is not held against its repairer, a removed probe is', () => {
  const invariant = (id: string) => ({ ...check('failed'), id })
  const invariants = [invariant('INV-2'), invariant('INV-11'), invariant('INV-12')]
  expect(refusals([check('failed')], invariants).map(({ id }) => id)).toEqual(['INV-2'])
  expect(refusals([check('passed')], invariants).map(({ id }) => id)).toEqual(['INV-2', 'INV-11', 'INV-12'])
})
