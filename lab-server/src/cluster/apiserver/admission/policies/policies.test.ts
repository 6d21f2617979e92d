import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../objects/types.ts'
import { configMap, object, startTestServer, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
const group = 'admissionregistration.k8s.io/v1'
const rules = [
  { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] },
]

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

async function bind(kind: 'Validating' | 'Mutating', name: string, policy: object, binding: object): Promise<void> {
  const spec = { matchConstraints: { resourceRules: rules }, ...policy }
  await server.client.create(object(group, `${kind}AdmissionPolicy`, { name }, { spec }))
  const bound = { policyName: name, ...binding }
  await server.client.create(
    object(group, `${kind}AdmissionPolicyBinding`, { name: `${name}-binding` }, { spec: bound }),
  )
}

function deployment(name: string, replicas: number, labels: Record<string, string> = {}): KubeObject {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'busybox' }] } }
  const spec = { replicas, selector: { matchLabels: { app: name } }, template }
  return object('apps/v1', 'Deployment', { name, namespace: 'test', labels }, { spec })
}

const send = (body: KubeObject) => server.call('POST', '/apis/apps/v1/namespaces/test/deployments', { body })

describe('validating policies', () => {
  it('refuse in the words of upstream, with the rule or its message', async () => {
    await bind(
      'Validating',
      'few',
      {
        variables: [{ name: 'most', expression: 'int(3)' }],
        validations: [
          { expression: 'object.spec.replicas <= variables.most' },
          {
            expression: "object.metadata.name != 'bad'",
            messageExpression: "object.metadata.name + ' is no name'",
            reason: 'Forbidden',
          },
        ],
      },
      { validationActions: ['Deny'] },
    )
    const title = "ValidatingAdmissionPolicy 'few' with binding 'few-binding' denied request: "
    const many = await send(deployment('many', 9))
    const message = `${title}failed expression: object.spec.replicas <= variables.most`
    expect(many.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `deployments.apps "many" is forbidden: ${message}`,
      reason: 'Invalid',
      details: { name: 'many', group: 'apps', kind: 'deployments', causes: [{ message }] },
      code: 422,
    })
    const bad = await send(deployment('bad', 1))
    expect(bad.body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: expect.stringContaining(`${title}bad is no name`),
    })
    expect((await send(deployment('good', 3))).code).toBe(201)
  })

  it('speak of parameters, and of the stored object', async () => {
    await server.client.create(configMap('limits', { most: '2' }))
    await bind(
      'Validating',
      'limited',
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConditions: [
          { name: 'labelled', expression: "has(object.metadata.labels) && 'limited' in object.metadata.labels" },
        ],
        validations: [
          { expression: 'object.spec.replicas <= int(params.data.most)', message: 'too many' },
          {
            expression: 'oldObject == null || object.spec.replicas >= oldObject.spec.replicas',
            message: 'may not shrink',
          },
        ],
      },
      {
        validationActions: ['Deny'],
        paramRef: { name: 'limits', namespace: 'test', parameterNotFoundAction: 'Deny' },
      },
    )
    expect((await send(deployment('three', 3, { limited: 'yes' }))).body.message).toContain('too many')
    expect((await send(deployment('unlabelled', 3))).code).toBe(201)
    expect((await send(deployment('two', 2, { limited: 'yes' }))).code).toBe(201)
    const key = { namespace: 'test', name: 'two' }
    await expect(server.client.patch('Deployment', key, { spec: { replicas: 1 } })).rejects.toThrow('may not shrink')
    await server.client.remove('ConfigMap', { namespace: 'test', name: 'limits' })
    expect((await send(deployment('lost', 1, { limited: 'yes' }))).body.message).toContain(
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    )
    await server.client.create(configMap('limits', { most: '2' }))
  })

  it('warn where they are told to, and let errors pass where failures are ignored', async () => {
    const only = { objectSelector: { matchLabels: { warned: 'yes' } } }
    await bind(
      'Validating',
      'warned',
      {
        failurePolicy: 'Ignore',
        validations: [{ expression: 'object.spec.paused == true' }, { expression: 'false', message: 'never right' }],
      },
      { validationActions: ['Warn', 'Audit'], matchResources: only },
    )
    const { code, headers } = await send(deployment('warned', 1, { warned: 'yes' }))
    expect(code).toBe(201)
    expect(headers.warning).toBe(
      `299 - "Validation failed for ValidatingAdmissionPolicy 'warned' with binding 'warned-binding': never right"`,
    )
    expect((await send(deployment('other', 1))).headers.warning).toBeUndefined()
  })

  it('must compile before they are kept', async () => {
    const spec = { matchConstraints: { resourceRules: rules }, validations: [{ expression: 'nothing.here' }] }
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'
    const { code, body } = await server.call('POST', path, { body: { metadata: { name: 'wrong' }, spec } })
    expect(code).toBe(422)
    expect(body.message).toContain(
      'spec.validations[0].expression: Invalid value: "nothing.here": compilation failed: ERROR: <input>:1:1: undeclared reference to \'nothing\'',
    )
    const empty = await server.call('POST', path, { body: { metadata: { name: 'empty' }, spec: {} } })
    expect(empty.body.message).toContain('spec.matchConstraints: Required value')
  })
})

describe('mutating policies', () => {
  it('patch what is written, and merge lists by their keys', async () => {
    const only = { objectSelector: { matchLabels: { changed: 'yes' } } }
    await bind(
      'Mutating',
      'changes',
      {
        reinvocationPolicy: 'Never',
        mutations: [
          {
            patchType: 'JSONPatch',
            jsonPatch: {
              expression:
                '[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("a.b/c"), value: "d"}]',
            },
          },
          {
            patchType: 'ApplyConfiguration',
            applyConfiguration: {
              expression:
                'Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "side", image: "busybox"}]}}}}',
            },
          },
        ],
      },
      { matchResources: only },
    )
    const { body } = await send(deployment('changed', 1, { changed: 'yes' }))
    expect(body.metadata.labels).toEqual({ changed: 'yes', 'a.b/c': 'd' })
    const names = body.spec.template.spec.containers.map(({ name }: { name: string }) => name)
    expect(names.sort()).toEqual(['main', 'side'])
  })
})

describe('policies as they are written', () => {
  const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'
  const policy = (name: string, spec: object) => ({
    metadata: { name },
    spec: { matchConstraints: { resourceRules: rules }, ...spec },
  })

  it('are checked against the types of what they are about, and tell it in their status', async () => {
    const validations = [
      { expression: 'object.replicas > 1' },
      { expression: 'object.spec.replicas <= 5', messageExpression: '"no " + object.spec.nope' },
    ]
    await server.call('POST', policies, { body: policy('typed', { validations }) })
    const status = async () => (await server.call('GET', `${policies}/typed`)).body.status
    await expect.poll(status).toEqual({
      observedGeneration: 1,
      typeChecking: {
        expressionWarnings: [
          {
            fieldRef: 'spec.validations[0].expression',
            warning:
              "apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^",
          },
          {
            fieldRef: 'spec.validations[1].messageExpression',
            warning:
              'apps/v1, Kind=Deployment: ERROR: <input>:1:20: undefined field \'nope\'\n | "no " + object.spec.nope\n | ...................^',
          },
        ],
      },
    })
  })

  it('say so when nothing is wrong, and again when they change', async () => {
    await server.call('POST', policies, {
      body: policy('fine', { validations: [{ expression: 'object.spec.replicas > 1' }] }),
    })
    const status = async () => (await server.call('GET', `${policies}/fine`)).body.status
    await expect.poll(status).toEqual({ observedGeneration: 1, typeChecking: {} })
    const headers = { 'content-type': 'application/merge-patch+json' }
    const body = { spec: { validations: [{ expression: 'object.spec.x > 1' }] } }
    await server.call('PATCH', `${policies}/fine`, { body, headers })
    await expect.poll(status).toMatchObject({ observedGeneration: 2, typeChecking: { expressionWarnings: [{}] } })
  })

  it.each([
    [
      'validations',
      [{ expression: '1 + 1' }],
      'spec.validations[0].expression: Invalid value: "1 + 1": must evaluate to bool',
    ],
    [
      'validations',
      [{ expression: 'true', messageExpression: '1' }],
      'spec.validations[0].messageExpression: Invalid value: "1": must evaluate to string',
    ],
    [
      'validations',
      [{ expression: 'variables.none' }],
      "compilation failed: ERROR: <input>:1:10: undefined field 'none'",
    ],
    [
      'matchConditions',
      [{ name: 'a', expression: '"x"' }],
      'spec.matchConditions[0].expression: Invalid value: "\\"x\\"": must evaluate to bool',
    ],
    [
      'variables',
      [
        { name: 'a', expression: 'variables.b' },
        { name: 'b', expression: '1' },
      ],
      "undefined field 'b'",
    ],
  ])('are refused with %s of %j', async (name, list, why) => {
    const body = policy('refused', { validations: [{ expression: 'true' }], [name]: list })
    const answer = await server.call('POST', policies, { body })
    expect(answer.code).toBe(422)
    expect(answer.body.message).toContain(why)
  })
})
