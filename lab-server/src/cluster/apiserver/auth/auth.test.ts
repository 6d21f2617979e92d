import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeVirtualClock } from '../../virtual-clock.ts'
import { configMap, object, startTestServer, type TestServer } from '../testing/test-server.ts'
import { compactRules, formatRule, missingRules, type PolicyRule, ruleAllows } from './policy-rule.ts'

let server: TestServer
const clock = makeVirtualClock()
const rbac = 'rbac.authorization.k8s.io'
beforeAll(async () => {
  server = await startTestServer({ clock })
  await server.client.create(object('v1', 'ServiceAccount', { name: 'robot', namespace: 'test' }))
  await server.client.create(
    object(
      `${rbac}/v1`,
      'Role',
      { name: 'reader', namespace: 'test' },
      {
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
      },
    ),
  )
  await server.client.create(binding('robot', 'reader', { kind: 'ServiceAccount', name: 'robot', namespace: 'test' }))
})
afterAll(() => server.stop())

function binding(name: string, role: string, subject: object, roleKind = 'Role') {
  return object(
    `${rbac}/v1`,
    'RoleBinding',
    { name, namespace: 'test' },
    {
      roleRef: { apiGroup: rbac, kind: roleKind, name: role },
      subjects: [subject],
    },
  )
}

async function tokenOf(account: string, spec: object = {}): Promise<string> {
  const path = `/api/v1/namespaces/test/serviceaccounts/${account}/token`
  return (await server.call('POST', path, { body: { spec } })).body.status.token
}

const bearer = (token: string) => ({ asAdmin: false, headers: { authorization: `Bearer ${token}` } })
const as = (user: string, ...groups: string[]) => ({
  headers: { 'impersonate-user': user, ...(groups.length > 0 ? { 'impersonate-group': groups.join(', ') } : {}) },
})

describe('rules', () => {
  const rule = (over: Partial<PolicyRule>): PolicyRule => ({
    verbs: ['get'],
    apiGroups: [''],
    resources: ['pods'],
    ...over,
  })

  it.each([
    [rule({}), { verb: 'get', resource: 'pods' }, true],
    [rule({}), { verb: 'list', resource: 'pods' }, false],
    [rule({}), { verb: 'get', group: 'apps', resource: 'pods' }, false],
    [rule({}), { verb: 'get', resource: 'pods', subresource: 'log' }, false],
    [rule({ resources: ['pods/log'] }), { verb: 'get', resource: 'pods', subresource: 'log' }, true],
    [rule({ resources: ['*/log'] }), { verb: 'get', resource: 'pods', subresource: 'log' }, true],
    [rule({ resources: ['*'] }), { verb: 'get', resource: 'pods', subresource: 'exec' }, true],
    [rule({ resourceNames: ['a'] }), { verb: 'get', resource: 'pods', name: 'a' }, true],
    [rule({ resourceNames: ['a'] }), { verb: 'get', resource: 'pods', name: 'b' }, false],
    [rule({ resourceNames: ['a'] }), { verb: 'get', resource: 'pods' }, false],
    [{ verbs: ['get'], nonResourceURLs: ['/healthz/*'] }, { verb: 'get', path: '/healthz/etcd' }, true],
    [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }, { verb: 'get', path: '/healthz/etcd' }, false],
  ])('%j over %j is %s', (given, attributes, expected) => {
    expect(ruleAllows(given, attributes)).toBe(expected)
  })

  it('finds what is asked for beyond what is held', () => {
    const held = [rule({ verbs: ['get', 'list'] }), rule({ resources: ['secrets'], resourceNames: ['mine'] })]
    const wanted = [rule({ verbs: ['get', 'delete'] }), rule({ resources: ['secrets'] })]
    expect(compactRules(missingRules(held, wanted)).map(formatRule)).toEqual([
      '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}',
      '{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
    ])
  })
})

describe('access', () => {
  it('is refused in upstream words, with and without a name, in a namespace and outside', async () => {
    const options = bearer(await tokenOf('robot'))
    const message = async (method: string, path: string) => (await server.call(method, path, options)).body.message
    const user = 'User "system:serviceaccount:test:robot"'
    expect(await message('GET', '/api/v1/namespaces/test/configmaps')).toBe(
      `configmaps is forbidden: ${user} cannot list resource "configmaps" in API group "" in the namespace "test"`,
    )
    expect(await message('DELETE', '/apis/apps/v1/namespaces/test/deployments/x')).toBe(
      `deployments.apps "x" is forbidden: ${user} cannot delete resource "deployments" in API group "apps" in the namespace "test"`,
    )
    expect(await message('GET', '/api/v1/nodes')).toBe(
      `nodes is forbidden: ${user} cannot list resource "nodes" in API group "" at the cluster scope`,
    )
    expect(await message('POST', '/api/v1/namespaces/test/pods/x/exec')).toBe(
      `pods "x" is forbidden: ${user} cannot create resource "pods/exec" in API group "" in the namespace "test"`,
    )
    expect(await message('GET', '/metrics')).toBe(`forbidden: ${user} cannot get path "/metrics"`)
    expect((await server.call('GET', '/api/v1/namespaces/test/pods', options)).code).toBe(200)
    expect((await server.call('GET', '/version', options)).code).toBe(200)
  })

  it('is denied to strangers, and bad tokens are not strangers', async () => {
    expect((await server.call('GET', '/api/v1/namespaces', { asAdmin: false })).body).toMatchObject({
      code: 403,
      message:
        'namespaces is forbidden: User "system:anonymous" cannot list resource "namespaces" in API group "" at the cluster scope',
      details: { kind: 'namespaces' },
    })
    expect((await server.call('GET', '/api/v1/namespaces', bearer('wrong'))).body).toMatchObject({
      code: 401,
      message: 'Unauthorized',
    })
  })

  it('to run commands takes more than reading, also over a WebSocket', async () => {
    const rules = [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] }]
    await server.client.create(object(`${rbac}/v1`, 'Role', { name: 'peeker', namespace: 'test' }, { rules }))
    await server.client.create(binding('peeker', 'peeker', { kind: 'User', name: 'eve' }))
    const { headers } = as('eve')
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'eA==',
    }
    const answer = await server.call('GET', '/api/v1/namespaces/test/pods/x/exec?command=ls&stdout=1', {
      headers: { ...headers, ...upgrade },
    })
    expect(answer.body).toMatchObject({
      code: 403,
      message:
        'pods "x" is forbidden: User "eve" cannot create resource "pods/exec" in API group "" in the namespace "test"',
    })
  })

  it('follows a change of a binding from the next request on', async () => {
    await server.client.create(binding('viewer', 'view', { kind: 'User', name: 'ann' }, 'ClusterRole'))
    const path = '/api/v1/namespaces/test/configmaps'
    expect((await server.call('GET', path, as('ann'))).code).toBe(200)
    expect((await server.call('GET', '/api/v1/namespaces/test/secrets', as('ann'))).code).toBe(403)
    await server.client.remove('RoleBinding', { namespace: 'test', name: 'viewer' })
    expect((await server.call('GET', path, as('ann'))).code).toBe(403)
  })

  it('names the role that a binding misses', async () => {
    await server.client.create(binding('dangling', 'nothing', { kind: 'User', name: 'bob' }))
    const answer = await server.call('GET', '/api/v1/namespaces/test/pods', as('bob'))
    expect(answer.body.message).toMatch(
      /in the namespace "test": RBAC: role.rbac.authorization.k8s.io "nothing" not found$/,
    )
  })
})

describe('tokens', () => {
  it('expire, and die with their account', async () => {
    await server.client.create(object('v1', 'ServiceAccount', { name: 'mortal', namespace: 'test' }))
    const short = await tokenOf('mortal', { expirationSeconds: 600 })
    const long = await tokenOf('mortal', { expirationSeconds: 7200 })
    const path = '/apis'
    await clock.advance(599_000)
    expect((await server.call('GET', path, bearer(short))).code).toBe(200)
    await clock.advance(2_000)
    expect((await server.call('GET', path, bearer(short))).code).toBe(401)
    expect((await server.call('GET', path, bearer(long))).code).toBe(200)
    await server.client.remove('ServiceAccount', { namespace: 'test', name: 'mortal' })
    await server.client.create(object('v1', 'ServiceAccount', { name: 'mortal', namespace: 'test' }))
    expect((await server.call('GET', path, bearer(long))).code).toBe(401)
  })

  it('cannot be forged, and are good for their audience only', async () => {
    const token = await tokenOf('robot')
    const [head, body, signature] = token.split('.')
    const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'system:serviceaccount:kube-system:admin' })).toString(
      'base64url',
    )
    expect((await server.call('GET', '/apis', bearer(`${head}.${forged}.${signature}`))).code).toBe(401)
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    expect((await server.call('GET', '/apis', bearer(`${none}.${forged}.`))).code).toBe(401)
    const other = await tokenOf('robot', { audiences: ['vault'] })
    expect((await server.call('GET', '/apis', bearer(other))).code).toBe(401)
    const review = { spec: { token: other, audiences: ['vault'] } }
    const { body: reviewed } = await server.call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      body: review,
    })
    expect(reviewed.status).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:test:robot' },
    })
  })

  it('may not live shorter than ten minutes', async () => {
    const answer = await server.call('POST', '/api/v1/namespaces/test/serviceaccounts/robot/token', {
      body: { spec: { expirationSeconds: 5 } },
    })
    expect(answer.body.message).toContain(
      'spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
    )
  })
})

describe('acting as somebody else', () => {
  it('takes the verb impersonate', async () => {
    const robot = await tokenOf('robot')
    const options = { asAdmin: false, headers: { authorization: `Bearer ${robot}`, 'impersonate-user': 'ann' } }
    expect((await server.call('GET', '/api/v1/namespaces/test/pods', options)).body.message).toBe(
      'users "ann" is forbidden: User "system:serviceaccount:test:robot" cannot impersonate resource "users" in API group "" at the cluster scope',
    )
  })

  it('gives a service account its groups', async () => {
    const { body } = await server.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      ...as('system:serviceaccount:test:robot'),
      body: {},
    })
    expect(body.status.userInfo).toEqual({
      username: 'system:serviceaccount:test:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:test', 'system:authenticated'],
    })
  })
})

describe('escalation', () => {
  const roles = `/apis/${rbac}/v1/namespaces/test/roles`

  it('is refused to somebody who may write roles but not do what they allow', async () => {
    await server.client.create(binding('carl', 'admin', { kind: 'User', name: 'carl' }, 'ClusterRole'))
    const role = (rules: object[]) => ({ metadata: { name: 'made', namespace: 'test' }, rules })
    const own = await server.call('POST', roles, {
      ...as('carl'),
      body: role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
    })
    expect(own.code).toBe(201)
    const more = await server.call('PUT', `${roles}/made`, {
      ...as('carl'),
      body: role([{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }]),
    })
    expect(more.body.message).toBe(
      'roles.rbac.authorization.k8s.io "made" is forbidden: user "carl" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}',
    )
    const bound = await server.call('POST', `/apis/${rbac}/v1/namespaces/test/rolebindings`, {
      ...as('carl'),
      body: binding('more', 'cluster-admin', { kind: 'User', name: 'carl' }, 'ClusterRole'),
    })
    expect(bound.code).toBe(403)
  })
})

describe('reviews', () => {
  it('answer what a user may do without storing anything', async () => {
    const before = server.registry.core.store.revision()
    const ask = async (verb: string) => {
      const body = { spec: { resourceAttributes: { namespace: 'test', verb, resource: 'pods' } } }
      const options = { ...as('system:serviceaccount:test:robot'), body }
      return (await server.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', options)).body.status
    }
    expect(await ask('list')).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "robot/test" of Role "reader" to ServiceAccount "robot/test"',
    })
    expect(await ask('delete')).toEqual({ allowed: false })
    const rules = await server.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
      ...as('system:serviceaccount:test:robot'),
      body: { spec: { namespace: 'test' } },
    })
    expect(rules.body.status.resourceRules).toContainEqual({
      verbs: ['get', 'list'],
      apiGroups: [''],
      resources: ['pods'],
    })
    expect(server.registry.core.store.revision()).toBe(before)
  })
})

it('lets the administrator do everything', async () => {
  expect((await server.call('POST', '/api/v1/namespaces/test/configmaps', { body: configMap('admin') })).code).toBe(201)
})
