import { expect, test } from 'vitest'
import { generateName, randomSuffix, safeAlphabet } from './names.ts'
import { podTemplateHash } from './pod-template-hash.ts'

test('makes suffixes of five letters that spell no words', () => {
  for (let i = 0; i < 50; i++) expect(randomSuffix()).toMatch(new RegExp(`^[${safeAlphabet}]{5}$`))
})

test('cuts a long prefix so that the name stays within 63 characters', () => {
  const name = generateName('x'.repeat(80))
  expect(name).toHaveLength(63)
  expect(generateName('web-')).toMatch(/^web-.{5}$/)
})

test('gives equal templates equal hashes, whatever the order of their fields', () => {
  const a = { metadata: { labels: { app: 'x', tier: 'y' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  const b = { spec: { containers: [{ image: 'i', name: 'c' }] }, metadata: { labels: { tier: 'y', app: 'x' } } }
  expect(podTemplateHash(a)).toBe(podTemplateHash(b))
  expect(podTemplateHash(a)).toMatch(new RegExp(`^[${safeAlphabet}]{4,10}$`))
})

test('gives another hash to another template and to a collision', () => {
  const template = { spec: { containers: [{ name: 'c', image: 'a' }] } }
  const changed = { spec: { containers: [{ name: 'c', image: 'b' }] } }
  expect(podTemplateHash(template)).not.toBe(podTemplateHash(changed))
  expect(podTemplateHash(template)).not.toBe(podTemplateHash(template, 1))
})
