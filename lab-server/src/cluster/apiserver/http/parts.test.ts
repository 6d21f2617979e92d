import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configMap, pod, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.client.create(configMap('one', { a: 'b' }))
})
afterAll(() => server.stop())

describe('subresources and actions', () => {
  it('scale through autoscaling/v1', async () => {
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image: 'x' }] } }
    const spec = { selector: { matchLabels: { a: 'b' } }, template }
    const path = '/apis/apps/v1/namespaces/test/deployments'
    await server.call('POST', path, { body: { metadata: { name: 'scaled' }, spec } })
    const headers = { 'content-type': 'application/merge-patch+json' }
    const answer = await server.call('PATCH', `${path}/scaled/scale`, { body: { spec: { replicas: 4 } }, headers })
    expect(answer.body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 4 },
      status: { selector: 'a=b' },
    })
    expect((await server.call('GET', `${path}/scaled`)).body.spec.replicas).toBe(4)
    const missing = await server.call('GET', `${path}/nosuch/scale`)
    expect(missing.body.message).toBe('deployments/scale.apps "nosuch" not found')
  })

  it('ask a kubelet whether it is well and what it runs, and nothing else', async () => {
    await server.client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })
    await server.client.create(pod('on-n', { nodeName: 'n' }))
    const ask = (path: string) => server.call('GET', `/api/v1/nodes/${path}`)
    expect((await ask('n/proxy/healthz')).text).toBe('ok')
    const { kind, items } = (await ask('n/proxy/pods')).body
    expect([kind, items.map((item: { metadata: { name: string } }) => item.metadata.name)]).toEqual([
      'PodList',
      ['on-n'],
    ])
    expect((await ask('n/proxy/stats/summary')).code).toBe(404)
    expect((await ask('nosuch/proxy/healthz')).body).toMatchObject({ code: 404, reason: 'NotFound' })
    expect((await server.call('POST', '/api/v1/nodes/n/proxy/run')).code).toBe(405)
  })

  it('resize containers and add ephemeral ones, and change nothing else', async () => {
    const asks = { resources: { requests: { cpu: '50m' } } }
    await server.client.create(pod('parts', { containers: [{ name: 'main', image: 'busybox:1.36', ...asks }] }))
    const path = '/api/v1/namespaces/test/pods/parts'
    const headers = { 'content-type': 'application/strategic-merge-patch+json' }
    const change = (part: string, spec: object) => server.call('PATCH', `${path}${part}`, { body: { spec }, headers })
    const resources = { requests: { cpu: '100m' } }
    const resized = await change('/resize', { containers: [{ name: 'main', image: 'other', resources }] })
    expect(resized.body.spec.containers[0]).toMatchObject({ image: 'busybox:1.36', resources })
    const ephemeralContainers = [{ name: 'debug', image: 'busybox:1.36' }]
    const debugged = await change('/ephemeralcontainers', { ephemeralContainers, hostNetwork: true })
    expect(debugged.body.spec.ephemeralContainers[0].name).toBe('debug')
    expect(debugged.body.spec.hostNetwork).toBeUndefined()
    const changed = await change('/ephemeralcontainers', { ephemeralContainers: [{ name: 'debug', image: 'alpine' }] })
    expect(changed.body.message).toContain('existing ephemeral containers "debug" may not be changed')
    expect((await change('', { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }] })).code).toBe(422)
  })

  it('evict a pod unless its budget forbids it', async () => {
    const running = async (name: string) => {
      const created = await server.client.create({
        ...pod(name),
        metadata: { name, namespace: 'test', labels: { app: 'web' } },
      })
      await server.client.writeStatus(created, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] })
    }
    await running('evictable')
    const budget = { metadata: { name: 'web' }, spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } } }
    await server.call('POST', '/apis/policy/v1/namespaces/test/poddisruptionbudgets', { body: budget })
    const stored = server.client.get('PodDisruptionBudget', { namespace: 'test', name: 'web' })
    await server.client.writeStatus(stored, {
      observedGeneration: 1,
      disruptionsAllowed: 0,
      currentHealthy: 2,
      desiredHealthy: 2,
      expectedPods: 2,
    })
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evictable', namespace: 'test' } }
    const path = '/api/v1/namespaces/test/pods/evictable/eviction'
    expect((await server.call('POST', path, { body })).body).toMatchObject({
      code: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          { reason: 'DisruptionBudget', message: 'The disruption budget web needs 2 healthy pods and has 2 currently' },
        ],
      },
    })
    await server.client.writeStatus(stored, {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
    })
    expect((await server.call('POST', path, { body })).code).toBe(201)
    expect(server.client.find('Pod', { namespace: 'test', name: 'evictable' })).toBeUndefined()
  })

  it('serve the same Event in both of its versions', async () => {
    server.client.report(server.client.get('ConfigMap', { namespace: 'test', name: 'one' }), {
      type: 'Normal',
      reason: 'Seen',
      message: 'hello',
      component: 'tester',
    })
    await new Promise((resolve) => setImmediate(resolve))
    const { body } = await server.call('GET', '/apis/events.k8s.io/v1/namespaces/test/events')
    expect(body.items).toContainEqual(
      expect.objectContaining({ note: 'hello', regarding: expect.objectContaining({ name: 'one' }) }),
    )
  })
})
