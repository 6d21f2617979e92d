import { expect, it } from 'vitest'
import { formatImageReference, parseImageReference } from './image-reference.ts'

const sha = `sha256:${'0'.repeat(64)}`
const readable: [string, string][] = [
  ['busybox', 'docker.io/library/busybox:latest'],
  ['busybox:1.36', 'docker.io/library/busybox:1.36'],
  ['acme/shop:1.0', 'docker.io/acme/shop:1.0'],
  ['docker.io/acme/shop:1.0', 'docker.io/acme/shop:1.0'],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
  ['localhost:5000/shop', 'localhost:5000/shop:latest'],
  [`busybox@${sha}`, `docker.io/library/busybox@${sha}`],
]
it.each(readable)('reads %s as %s', (text, expected) => {
  const parsed = parseImageReference(text)
  expect('error' in parsed ? parsed.error : formatImageReference(parsed)).toBe(expected)
})

const unreadable = [
  '',
  'shop:',
  'shop::1',
  'shop:1.0:2',
  '/shop',
  'acme//shop',
  'Shop',
  'shop@sha256:1',
  'shop 1',
  'shop:-1',
]
it.each(unreadable)('refuses %j', (text) => {
  expect(parseImageReference(text)).toHaveProperty('error')
})
