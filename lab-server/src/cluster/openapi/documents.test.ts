import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { kinds } from '../objects/kinds.ts'
import type { CustomKind } from './custom-kinds.ts'
import { makeOpenApi, type OpenApi } from './documents.ts'

const read = (openApi: OpenApi, path: string) => {
  const document = openApi.find(path)
  return document && JSON.parse(gunzipSync(document.gzip).toString())
}
const openApi = makeOpenApi()
const lab: CustomKind = {
  group: 'example.com',
  version: 'v1',
  kind: 'Lab',
  plural: 'labs',
  listKind: 'LabList',
  namespaced: true,
  schema: { type: 'object', properties: { spec: { type: 'object', properties: { not: { type: 'string' } } } } },
}

function references(node: unknown, found = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null) return found
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string') found.add(value)
    else references(value, found)
  }
  return found
}

describe('the v3 documents', () => {
  test('exist for every group and version with stored kinds', () => {
    const { paths } = read(openApi, '/openapi/v3')
    for (const { group, version } of kinds) {
      expect(paths).toHaveProperty([group === '' ? `api/${version}` : `apis/${group}/${version}`])
    }
  })

  test('hold every schema that they refer to', () => {
    for (const key of ['api/v1', 'apis/apps/v1', 'apis/autoscaling/v1', 'version']) {
      const document = read(openApi, `/openapi/v3/${key}`)
      for (const reference of references(document)) {
        expect(document.components.schemas).toHaveProperty([reference.replace('#/components/schemas/', '')])
      }
    }
  })

  test('say what kubectl looks for: the kind of a path and that fields can be validated', () => {
    const { patch } = read(openApi, '/openapi/v3/apis/apps/v1').paths[
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}'
    ]
    expect(patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', kind: 'Deployment', version: 'v1' })
    expect(patch.parameters.map(({ name }: { name: string }) => name)).toContain('fieldValidation')
    expect(Object.keys(patch.requestBody.content)).toContain('application/strategic-merge-patch+json')
  })

  test('wrap a reference that has a description of its own', () => {
    const { schemas } = read(openApi, '/openapi/v3/apis/apps/v1').components
    const { strategy } = schemas['io.k8s.api.apps.v1.DeploymentSpec'].properties
    expect(strategy.allOf).toEqual([{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy' }])
    expect(strategy['x-kubernetes-patch-strategy']).toBe('retainKeys')
  })

  test('do not exist for groups that nobody serves', () => {
    expect(openApi.find('/openapi/v3/apis/nosuch/v1')).toBeUndefined()
  })
})

describe('custom kinds', () => {
  test('appear in a cluster that has them, and in no other', () => {
    const customs: CustomKind[] = []
    const mine = makeOpenApi(() => customs)
    expect(mine.find('/openapi/v3/apis/example.com/v1')).toBeUndefined()
    customs.push(lab)
    const { schemas } = read(mine, '/openapi/v3/apis/example.com/v1').components
    expect(schemas['com.example.v1.Lab'].properties.spec.properties).toEqual({ not: { type: 'string' } })
    expect(read(mine, '/openapi/v2').definitions).toHaveProperty(['com.example.v1.Lab'])
    expect(openApi.find('/openapi/v3/apis/example.com/v1')).toBeUndefined()
  })

  test('change the addresses of their own documents, and leave those of others', () => {
    const address = (openApi: OpenApi, key: string) => read(openApi, '/openapi/v3').paths[key].serverRelativeURL
    const [mine, changed] = [makeOpenApi(() => [lab]), makeOpenApi(() => [{ ...lab, schema: { type: 'object' } }])]
    expect(address(mine, 'apis/example.com/v1')).not.toBe(address(changed, 'apis/example.com/v1'))
    expect(address(mine, 'api/v1')).toBe(address(openApi, 'api/v1'))
    expect(mine.find('/openapi/v3/api/v1')).toBe(openApi.find('/openapi/v3/api/v1'))
  })
})

test('the v2 document is sent as protobuf to clients that ask for it', () => {
  const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
  const document = openApi.find('/openapi/v2', accept)
  // Media types have no @.
  expect(document?.contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
  const bytes = gunzipSync(document?.gzip ?? Buffer.alloc(0))
  // Field 1, three bytes: the version of the specification.
  expect(bytes.subarray(0, 5).toString('latin1')).toBe('\x0a\x032.0')
  expect(bytes.includes('io.k8s.api.apps.v1.DeploymentSpec')).toBe(true)
})
