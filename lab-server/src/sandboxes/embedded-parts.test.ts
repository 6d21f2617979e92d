import { expect, test } from 'vitest'
import { ConfigError } from '../config.ts'
import { requireEmbeddedParts } from './embedded-parts.ts'

test('a whole installation has what embedded clusters need', () => {
  expect(() => requireEmbeddedParts((name) => import.meta.resolve(name))).not.toThrow()
})

test('an installation without it says what to do', () => {
  const resolve = () => {
    throw new Error('Cannot find package')
  }
  expect(() => requireEmbeddedParts(resolve)).toThrow(ConfigError)
  expect(() => requireEmbeddedParts(resolve)).toThrow(/LAB_CLUSTER=kubeconfig/)
})
