import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../objects/types.ts'
import { ApiError } from '../errors.ts'
import { findBuiltInSchema, untyped } from './merge-schema.ts'
import { requireTyped } from './typed-configuration.ts'

const schema = findBuiltInSchema('apps/v1', 'Deployment') ?? untyped

function deployment(podSpec: object): KubeObject {
  const metadata = { name: 'backend', namespace: 'taskmaster' }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template: { spec: podSpec } } }
}

describe('requireTyped', () => {
  const subject = 'failed to create typed patch object (taskmaster/backend; apps/v1, Kind=Deployment): '
  const cases: [what: string, podSpec: object, message: string][] = [
    ['an unknown field', { nosuch: 1 }, '.spec.template.spec.nosuch: field not declared in schema'],
    [
      'an item twice',
      { containers: [{ name: 'a' }, { name: 'a' }] },
      '.spec.template.spec.containers: duplicate entries for key [name="a"]',
    ],
    [
      'an item without its key',
      { containers: [{ image: 'a' }] },
      '.spec.template.spec.containers: element 0: associative list with keys has an element that omits key field ' +
        '"name" (and doesn\'t have default value)',
    ],
    [
      'text for a number',
      { terminationGracePeriodSeconds: '30' },
      '.spec.template.spec.terminationGracePeriodSeconds: expected numeric (int or float), got string',
    ],
    ['a number for text', { nodeName: 1 }, '.spec.template.spec.nodeName: expected string, got 1'],
    ['text for a list', { containers: 'a' }, '.spec.template.spec.containers: expected list, got &{a}'],
    ['a list for an object', { affinity: [] }, '.spec.template.spec.affinity: expected map, got &{[]}'],
    [
      'several',
      { nosuch: 1, hostNetwork: 'yes' },
      'errors:\n  .spec.template.spec.nosuch: field not declared in schema\n' +
        '  .spec.template.spec.hostNetwork: expected boolean, got yes',
    ],
  ]
  it.each(cases)('refuses %s', (_, podSpec, message) => {
    expect(() => requireTyped(deployment(podSpec), schema)).toThrow(new ApiError(500, '', `${subject}${message}`))
  })

  it('accepts a quantity or a port as a number or as text', () => {
    const resources = { limits: { cpu: 1, memory: '64Mi' } }
    const livenessProbe = { httpGet: { port: 'http' } }
    const podSpec = { containers: [{ name: 'a', resources, livenessProbe }], nodeSelector: { a: 'b' } }
    expect(() => requireTyped(deployment(podSpec), schema)).not.toThrow()
  })
})
