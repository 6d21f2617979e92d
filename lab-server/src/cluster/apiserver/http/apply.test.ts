import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const deployment = (spec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'test' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    ...spec,
  },
})

function apply(path: string, body: object, query = '') {
  const headers = { 'content-type': 'application/apply-patch+yaml' }
  return server.call('PATCH', `${path}?fieldManager=alice${query}`, { body, headers })
}

const deployments = '/apis/apps/v1/namespaces/test/deployments'

describe('server-side apply over HTTP', () => {
  it.each(['Strict', 'Warn', 'Ignore'])('refuses an unknown field in its own words with validation %s', async (how) => {
    const answer = await apply(`${deployments}/web`, deployment({ x: 1 }), `&fieldValidation=${how}`)
    expect(answer.code).toBe(500)
    expect(answer.body.message).toBe(
      'failed to create typed patch object (test/web; apps/v1, Kind=Deployment): .spec.x: field not declared in schema',
    )
    expect(answer.headers.warning).toBeUndefined()
  })

  it('names the core group by nothing', async () => {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'test' }, x: 1 }
    const answer = await apply('/api/v1/namespaces/test/configmaps/a', configMap)
    expect(answer.body.message).toBe(
      'failed to create typed patch object (test/a; /v1, Kind=ConfigMap): .x: field not declared in schema',
    )
  })

  it('refuses a value that fits the schema but cannot be converted', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a', namespace: 'test' },
      data: { key: 'no base64!' },
    }
    const answer = await apply('/api/v1/namespaces/test/secrets/a', secret)
    expect(answer.code).toBe(500)
    expect(answer.body.message).toBe(
      'failed to convert new object (test/a; /v1, Kind=Secret) to proper version: unable to convert unstructured ' +
        'object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input byte 2',
    )
  })

  it('creates, then changes', async () => {
    expect((await apply(`${deployments}/web`, deployment({ replicas: 1 }))).code).toBe(201)
    const changed = await apply(`${deployments}/web`, deployment({ replicas: 2 }))
    expect(changed.code).toBe(200)
    expect(changed.body.spec.replicas).toBe(2)
  })
})
