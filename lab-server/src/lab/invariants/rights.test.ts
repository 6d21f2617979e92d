import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kubernetes/objects.ts'
import type { Objects } from '../world/world.ts'
import { hasRight, type PolicyRule } from './rights.ts'

const account = { kind: 'ServiceAccount', name: 'reader', namespace: 'taskmaster' }
const role = (...rules: PolicyRule[]): KubeObject =>
  ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r' }, rules }) as KubeObject
const binding = (subject: object, roleRef: object = { kind: 'Role', name: 'r' }): KubeObject =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'b' },
    roleRef,
    subjects: [subject],
  }) as unknown as KubeObject
const objectsOf = (...objects: KubeObject[]): Objects => ({
  list: <T extends KubeObject>(kind: string) => objects.filter((object) => object.kind === kind) as T[],
  find: <T extends KubeObject>(kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name) as T | undefined,
})
const may = (verb: string, resource: string, ...objects: KubeObject[]) =>
  hasRight(objectsOf(...objects), 'taskmaster', { account: 'reader', verb, resource, name: 'settings' })
const read = { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }

describe('the right of an account', () => {
  it('needs a role that has it and a binding that gives it', () => {
    expect(may('get', 'configmaps', role(read), binding(account))).toBe(true)
    expect(may('get', 'configmaps', role(read))).toBe(false)
    expect(may('get', 'configmaps', binding(account))).toBe(false)
  })

  it.each([
    ['another verb', 'list', 'configmaps', read],
    ['another resource', 'get', 'secrets', read],
    ['another group', 'get', 'configmaps.apps', read],
    ['another object', 'get', 'configmaps', { ...read, resourceNames: ['other'] }],
  ])('is not that of %s', (_, verb, resource, rule) => {
    expect(may(verb, resource, role(rule), binding(account))).toBe(false)
  })

  it('may be of one object, or of all by a wildcard', () => {
    expect(may('get', 'configmaps', role({ ...read, resourceNames: ['settings'] }), binding(account))).toBe(true)
    const all = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
    expect(may('delete', 'deployments.apps', role(all), binding(account))).toBe(true)
  })

  it.each([
    ['the account of another namespace', { ...account, namespace: 'default' }, false],
    ['a group of all accounts', { kind: 'Group', name: 'system:serviceaccounts' }, true],
    ['the accounts of another namespace', { kind: 'Group', name: 'system:serviceaccounts:default' }, false],
    ['the account by its user name', { kind: 'User', name: 'system:serviceaccount:taskmaster:reader' }, true],
  ])('comes with a binding of %s, or not', (_, subject, expected) => {
    expect(may('get', 'configmaps', role(read), binding(subject))).toBe(expected)
  })

  it('comes from the view of a namespace too, secrets excepted', () => {
    const view = binding(account, { kind: 'ClusterRole', name: 'view' })
    expect(may('get', 'configmaps', view)).toBe(true)
    expect(may('get', 'secrets', view)).toBe(false)
    expect(may('update', 'configmaps', view)).toBe(false)
  })
})
