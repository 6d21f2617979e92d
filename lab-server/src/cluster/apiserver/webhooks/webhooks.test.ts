import { createServer, type Server } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { isApiError } from '../errors.ts'
import { makeUnroutedAddresses } from '../service-addresses.ts'
import { configMap, object, startTestServer, type TestServer } from '../testing/test-server.ts'
import { issueCertificate } from '../tls/certificate.ts'

interface Review {
  request: { uid: string; operation: string; object: { metadata: { name: string } }; userInfo: { username: string } }
}

let server: TestServer
let hook: Server
let answer: (review: Review) => object
const heard: Review[] = []
const ca = issueCertificate({ commonName: 'hooks', use: 'authority', nowMs: Date.now(), days: 1 })
const pair = issueCertificate(
  { commonName: 'hook', use: 'server', hosts: ['hook.test.svc', 'localhost'], nowMs: Date.now(), days: 1 },
  ca,
)

beforeAll(async () => {
  hook = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const review = JSON.parse(text) as Review
      heard.push(review)
      response.end(JSON.stringify({ response: { uid: review.request.uid, ...answer(review) } }))
    })
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  const { port } = hook.address() as AddressInfo
  const services = {
    ...makeUnroutedAddresses(),
    hostCidrs: ['127.42.0.0/24'],
    dial: async () => connect(port, '127.0.0.1'),
  }
  server = await startTestServer({ services })
  const spec = { ports: [{ port: 443, targetPort: 8443 }] }
  await server.client.create(object('v1', 'Service', { name: 'hook', namespace: 'test' }, { spec }))
  const labels = { 'kubernetes.io/service-name': 'hook' }
  await server.client.create(
    object(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      { name: 'hook', namespace: 'test', labels },
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['127.42.0.9'], conditions: { ready: true } }],
        ports: [{ port: 8443, protocol: 'TCP' }],
      },
    ),
  )
})
afterAll(async () => {
  await server.stop()
  hook.closeAllConnections()
  await new Promise((resolve) => hook.close(resolve))
})
beforeEach(async () => {
  heard.length = 0
  answer = () => ({ allowed: true })
  await server.call('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations')
  await server.call('DELETE', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations')
})

async function configure(
  kind: 'Validating' | 'Mutating',
  over: object = {},
  target: TestServer = server,
): Promise<void> {
  const webhook = {
    name: 'hook.example.com',
    clientConfig: {
      service: { name: 'hook', namespace: 'test', path: '/v' },
      caBundle: Buffer.from(ca.certificate).toString('base64'),
    },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'test' } },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    ...over,
  }
  const configuration = object(
    'admissionregistration.k8s.io/v1',
    `${kind}WebhookConfiguration`,
    { name: 'hooks' },
    { webhooks: [webhook] },
  )
  await target.client.create(configuration)
}

async function messageOf(action: Promise<unknown>): Promise<string> {
  try {
    await action
  } catch (error) {
    if (isApiError(error)) return error.message
    throw error
  }
  return ''
}

it('lets a webhook refuse, with its reason and warnings', async () => {
  await configure('Validating')
  answer = ({ request }) =>
    request.object.metadata.name === 'bad'
      ? { allowed: false, status: { message: 'not today' }, warnings: ['think again'] }
      : { allowed: true }
  const refused = await server.call('POST', '/api/v1/namespaces/test/configmaps', { body: configMap('bad') })
  expect(refused.body).toMatchObject({
    code: 400,
    message: 'admission webhook "hook.example.com" denied the request: not today',
  })
  expect(refused.headers.warning).toContain('think again')
  expect(server.client.find('ConfigMap', { namespace: 'test', name: 'bad' })).toBeUndefined()
  expect(await messageOf(server.client.create(configMap('good')))).toBe('')
  expect(heard.map(({ request }) => request.operation)).toEqual(['CREATE', 'CREATE'])
  expect(heard[0]?.request.userInfo.username).toBe('admin')
})

it('applies the patch of a mutating webhook', async () => {
  await configure('Mutating')
  const patch = Buffer.from(
    JSON.stringify([{ op: 'add', path: '/metadata/labels', value: { hooked: 'yes' } }]),
  ).toString('base64')
  answer = () => ({ allowed: true, patchType: 'JSONPatch', patch })
  const created = await server.client.create(configMap('patched'))
  expect(created.metadata.labels).toEqual({ hooked: 'yes' })
})

it('asks only about what the rules and selectors name', async () => {
  await configure('Validating')
  answer = () => ({ allowed: false })
  expect(await messageOf(server.client.create(object('v1', 'Secret', { name: 's', namespace: 'test' })))).toBe('')
  expect(await messageOf(server.client.create(object('v1', 'ConfigMap', { name: 'c', namespace: 'default' })))).toBe('')
  expect(heard).toEqual([])
})

it('says what is wrong with a webhook that cannot be called, or goes on when it may', async () => {
  const clientConfig = { service: { name: 'nohook', namespace: 'test', path: '/v' } }
  await configure('Validating', { clientConfig })
  expect(await messageOf(server.client.create(configMap('unheard')))).toBe(
    'Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: Post "https://nohook.test.svc:443/v?timeout=10s": service "nohook" not found',
  )
  await server.call('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations')
  await configure('Validating', { clientConfig, failurePolicy: 'Ignore' })
  expect(await messageOf(server.client.create(configMap('unheard')))).toBe('')
})

it('trusts a webhook by its bundle only, and calls nothing outside the cluster', async () => {
  await configure('Validating', { clientConfig: { service: { name: 'hook', namespace: 'test' } } })
  expect(await messageOf(server.client.create(configMap('untrusted')))).toContain('unable to')
  await server.call('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations')
  await configure('Validating', { clientConfig: { url: 'https://127.0.0.1:1/' } })
  expect(await messageOf(server.client.create(configMap('outside')))).toContain(
    'only services of the cluster are called',
  )
})

it('calls a webhook at a URL where the owner of the cluster allows it', async () => {
  const own = await startTestServer({ callsWebhookUrls: true })
  try {
    const { port } = hook.address() as AddressInfo
    const url = `https://localhost:${port}/validate`
    await configure(
      'Validating',
      { clientConfig: { url, caBundle: Buffer.from(ca.certificate).toString('base64') } },
      own,
    )
    answer = () => ({ allowed: false, status: { message: 'not here' } })
    expect(await messageOf(own.client.create(configMap('outside')))).toBe(
      'admission webhook "hook.example.com" denied the request: not here',
    )
    await own.call('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations')
    await configure('Validating', { clientConfig: { url } }, own)
    expect(await messageOf(own.client.create(configMap('untrusted')))).toContain(`Post "${url}?timeout=10s": unable to`)
  } finally {
    await own.stop()
  }
})

it('does not proxy to addresses that are no pods', async () => {
  await server.client.create(
    object('v1', 'Service', { name: 'sly', namespace: 'test' }, { spec: { ports: [{ port: 80 }] } }),
  )
  await server.client.create(
    object(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      { name: 'sly', namespace: 'test', labels: { 'kubernetes.io/service-name': 'sly' } },
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
        ports: [{ port: 22, protocol: 'TCP' }],
      },
    ),
  )
  const { body } = await server.call('GET', '/api/v1/namespaces/test/services/sly/proxy/')
  expect(body).toMatchObject({ code: 400, message: 'address not allowed' })
})
