import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const path = '/apis/apiregistration.k8s.io/v1/apiservices'

const apiService = (name: string, spec: object) => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name },
  spec: { groupPriorityMinimum: 100, versionPriority: 100, ...spec },
})

describe('APIServices', () => {
  it('list the core group first, as available and local', async () => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const { body } = await server.call('GET', path, { headers })
    const rows = body.rows.map(({ cells }: { cells: string[] }) => cells.slice(0, 3))
    expect(rows[0]).toEqual(['v1.', 'Local', 'True'])
    expect(rows).toContainEqual(['v1.apps', 'Local', 'True'])
  })

  it('are called by version and group', async () => {
    const wrong = await server.call('POST', path, { body: apiService('other', { group: 'a.b', version: 'v1' }) })
    expect(wrong.body.message).toBe(
      'APIService.apiregistration.k8s.io "other" is invalid: metadata.name: Invalid value: "other": ' +
        'must be `spec.version+"."+spec.group`: "v1.a.b"',
    )
    const core = await server.call('POST', path, { body: apiService('v2.', { version: 'v2' }) })
    expect(core.body.message).toContain(
      'spec.group: Required value: only v1 may have an empty group and it better be legacy kube',
    )
  })
})
