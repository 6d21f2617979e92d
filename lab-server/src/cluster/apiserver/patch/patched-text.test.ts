import { expect, it } from 'vitest'
import { patchedText } from './patched-text.ts'

const patched = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  spec: { replicas: 'two', minReadySeconds: 1, strategy: { type: 'x', a: 1 } },
}

it.each([
  ['application/merge-patch+json', { spec: { replicas: 'two' } }],
  ['application/json-patch+json', [{ op: 'replace', path: '/spec/replicas', value: 'two' }]],
])('sorts what a %s went through, and leaves the rest', (type, body) => {
  expect(patchedText(patched, { type, body })).toBe(
    '{"apiVersion":"apps/v1","kind":"Deployment","spec":{"minReadySeconds":1,"replicas":"two","strategy":{"type":"x","a":1}}}',
  )
})
