import { expect, it } from 'vitest'
import { readsAny } from './stale-settings.ts'

const container = (change: object) => ({ containers: [{ name: 'c', ...change }] })

it.each([
  ['an environment from a Secret', container({ envFrom: [{ secretRef: { name: 's' } }] }), 'Secret/s'],
  [
    'a variable',
    container({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'c', key: 'a' } } }] }),
    'ConfigMap/c',
  ],
  ['an init container', { initContainers: [{ envFrom: [{ configMapRef: { name: 'c' } }] }] }, 'ConfigMap/c'],
  ['a volume of a Secret', { volumes: [{ name: 'v', secret: { secretName: 's' } }] }, 'Secret/s'],
  ['a projected volume', { volumes: [{ projected: { sources: [{ secret: { name: 's' } }] } }] }, 'Secret/s'],
])('finds the settings of %s', (_what, specification, name) => {
  expect(readsAny(specification, new Set([name]))).toBe(true)
  expect(readsAny(specification, new Set([`${name}-other`]))).toBe(false)
})

it('finds none where none is read', () => {
  expect(readsAny(container({ env: [{ name: 'A', value: 'Secret/s' }] }), new Set(['Secret/s']))).toBe(false)
})
