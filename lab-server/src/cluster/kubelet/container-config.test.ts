import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Container } from '../objects/types.ts'
import { type FakeNode, startFakeNode } from './testing/fake-node.ts'
import { fakeImage } from './testing/fake-runtime.ts'

let node: FakeNode
beforeEach(async () => {
  node = await startFakeNode({
    images: [fakeImage('docker.io/library/busybox:1.36'), fakeImage('docker.io/acme/shop:1.0', { user: 1000 })],
  })
})
afterEach(async () => {
  await node.stop()
  expect(node.errors).toEqual([])
})

const metadata = (name: string) => ({ name, namespace: 'shop' })
const addPod = (change: Partial<Container>, spec = {}) =>
  node.addPod({ containers: [{ name: 'c', image: 'busybox:1.36', ...change }], ...spec })
const configMap = (name: string, data: Record<string, string>) =>
  node.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(name), data } as never)
const secret = (name: string, data: Record<string, string>) =>
  node.put({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(name),
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
  } as never)

describe('the environment', () => {
  it('comes from maps, secrets, fields, services and what was defined before', async () => {
    configMap('settings', { MODE: 'dark', HOST: 'example.org' })
    secret('login', { PASSWORD: 'hunter2' })
    node.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('backend-svc'),
      spec: { clusterIP: '10.43.0.7', ports: [{ port: 5000, name: 'http', protocol: 'TCP' }] },
    } as never)
    addPod({
      envFrom: [{ configMapRef: { name: 'settings' }, prefix: 'APP_' }],
      env: [
        { name: 'PASS', valueFrom: { secretKeyRef: { name: 'login', key: 'PASSWORD' } } },
        { name: 'URL', value: 'http://$(APP_HOST):$(BACKEND_SVC_SERVICE_PORT)/$(MISSING)/$$(ESCAPED)' },
        { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
        { name: 'GONE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'nope', optional: true } } },
      ],
      command: ['run', '--user=$(ME)'],
      resources: { limits: { memory: '64Mi' } },
    })
    await node.pass(1)
    const { env, command } = node.runtime.latest('c').spec
    expect(env).toMatchObject({
      APP_MODE: 'dark',
      PASS: 'hunter2',
      URL: 'http://example.org:5000/$(MISSING)/$(ESCAPED)',
      ME: 'web',
      IP: '10.42.0.2',
      MEMORY: '64',
      HOSTNAME: 'web',
      BACKEND_SVC_SERVICE_HOST: '10.43.0.7',
      BACKEND_SVC_SERVICE_PORT_HTTP: '5000',
      BACKEND_SVC_PORT: 'tcp://10.43.0.7:5000',
      BACKEND_SVC_PORT_5000_TCP_ADDR: '10.43.0.7',
    })
    expect(env).not.toHaveProperty('GONE')
    expect(command).toEqual(['run', '--user=web'])
  })

  const missing: [string, Partial<Container>, string][] = [
    ['a ConfigMap', { envFrom: [{ configMapRef: { name: 'nosuch' } }] }, 'configmap "nosuch" not found'],
    ['a Secret', { envFrom: [{ secretRef: { name: 'nosuch' } }] }, 'secret "nosuch" not found'],
    [
      'a key of a Secret',
      { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'login', key: 'POSTGRES_PASS' } } }] },
      "couldn't find key POSTGRES_PASS in Secret shop/login",
    ],
    [
      'a key of a ConfigMap',
      { env: [{ name: 'P', valueFrom: { configMapKeyRef: { name: 'settings', key: 'nope' } } }] },
      "couldn't find key nope in ConfigMap shop/settings",
    ],
  ]
  it.each(missing)('is refused without %s', async (_what, change, message) => {
    configMap('settings', {})
    secret('login', {})
    addPod(change)
    await node.pass(1)
    expect(node.container('c')).toMatchObject({
      restartCount: 0,
      state: { waiting: { reason: 'CreateContainerConfigError', message } },
    })
    expect(node.container('c')).not.toHaveProperty('containerID')
    expect(node.pod().status?.phase).toBe('Pending')
    expect(node.story().at(-1)).toBe(`Failed: Error: ${message}`)
  })

  it('is tried again every ten seconds, and at once when the object is there', async () => {
    addPod({ envFrom: [{ configMapRef: { name: 'late' } }] })
    await node.pass(21)
    expect(node.story().filter((line) => line.startsWith('Failed'))).toHaveLength(3)
    configMap('other', { A: '1' })
    await node.pass(1)
    expect(node.story().filter((line) => line.startsWith('Failed'))).toHaveLength(3)
    configMap('late', { A: '1' })
    await node.pass(0.5)
    expect(node.container('c').ready).toBe(true)
  })
})

describe('the user', () => {
  it('may not be root where the pod says so', async () => {
    const pod = addPod({}, { securityContext: { runAsNonRoot: true } })
    await node.pass(1)
    const message = `container has runAsNonRoot and image will run as root (pod: "web_shop(${pod.metadata.uid})", container: c)`
    expect(node.container('c').state?.waiting).toEqual({ reason: 'CreateContainerConfigError', message })
  })

  it("is the image's own unless the container names one", async () => {
    addPod({ image: 'docker.io/acme/shop:1.0' }, { securityContext: { runAsNonRoot: true } })
    await node.pass(1)
    expect(node.runtime.latest('c').spec.user).toBe(1000)
  })
})

describe('images', () => {
  it('are pulled, backed off and pulled again when the registry has none', async () => {
    addPod({ image: 'docker.io/acme/shop:2.0' })
    await node.pass(1)
    const failure =
      'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/acme/shop:2.0": failed to resolve reference "docker.io/acme/shop:2.0": docker.io/acme/shop:2.0: not found'
    expect(node.container('c').state?.waiting).toEqual({ reason: 'ErrImagePull', message: failure })
    await node.pass(2)
    expect(node.container('c').state?.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "docker.io/acme/shop:2.0": ErrImagePull: ${failure}`,
    })
    expect(node.story()).toEqual([
      'Pulling: Pulling image "docker.io/acme/shop:2.0"',
      `Failed: Failed to pull image "docker.io/acme/shop:2.0": ${failure}`,
      'Failed: Error: ErrImagePull',
      'BackOff: Back-off pulling image "docker.io/acme/shop:2.0"',
      'Failed: Error: ImagePullBackOff',
    ])
    await node.pass(60)
    const pulls = node.events.filter(({ reason }) => reason === 'Pulling')
    expect(pulls.map(({ atMs }) => Math.round((atMs - (pulls[0]?.atMs ?? 0)) / 1000))).toEqual([0, 10, 30])
  })

  it('keep the pod waiting without an address while no registry answers', async () => {
    await node.stop()
    node = await startFakeNode({ kubelet: { hasRegistry: false } })
    node.addPod({ containers: [{ name: 'c', image: 'nosuch:1' }] })
    await node.pass(29)
    expect(node.container('c').state?.waiting).toEqual({ reason: 'ContainerCreating' })
    expect(node.pod().status?.podIP).toBeUndefined()
    expect(node.story()).toEqual(['Pulling: Pulling image "nosuch:1"'])
    await node.pass(2)
    expect(node.container('c').state?.waiting?.message).toMatch(
      /Head "https:\/\/registry-1\.docker\.io\/v2\/library\/nosuch\/manifests\/1": dial tcp: lookup registry-1\.docker\.io: i\/o timeout$/,
    )
    expect(node.pod().status?.podIP).toBeDefined()
  })

  it('heal when the image is corrected', async () => {
    const pod = addPod({ image: 'docker.io/acme/shop:2.0' })
    await node.pass(30)
    const fixed = { name: 'c', image: 'docker.io/acme/shop:1.0' }
    node.put({ ...pod, spec: { ...pod.spec, containers: [fixed] } } as never)
    await node.pass(1)
    expect(node.container('c').ready).toBe(true)
  })

  const unusable: [string, Partial<Container>, { reason: string; message: string }][] = [
    [
      'a name with capitals',
      { image: 'Bad::Image' },
      {
        reason: 'InvalidImageName',
        message:
          'Failed to apply default image tag "Bad::Image": couldn\'t parse image name "Bad::Image": invalid reference format: repository name (library/Bad) must be lowercase',
      },
    ],
    [
      'a name with two colons',
      { image: 'docker.io/acme/shop::1.0' },
      {
        reason: 'InvalidImageName',
        message:
          'Failed to apply default image tag "docker.io/acme/shop::1.0": couldn\'t parse image name "docker.io/acme/shop::1.0": invalid reference format',
      },
    ],
    [
      'an absent image that may not be pulled',
      { image: 'busybox:9.99', imagePullPolicy: 'Never' },
      {
        reason: 'ErrImageNeverPull',
        message: 'Container image "busybox:9.99" is not present with pull policy of Never',
      },
    ],
    [
      'a registry that does not exist',
      { image: 'registry.invalid/shop:1.0' },
      {
        reason: 'ErrImagePull',
        message:
          'rpc error: code = Unknown desc = failed to pull and unpack image "registry.invalid/shop:1.0": failed to resolve reference "registry.invalid/shop:1.0": failed to do request: Head "https://registry.invalid/v2/shop/manifests/1.0": dial tcp: lookup registry.invalid: no such host',
      },
    ],
  ]
  it.each(unusable)('are refused: %s', async (_what, change, waiting) => {
    addPod(change)
    await node.pass(1)
    expect(node.container('c').state?.waiting).toEqual(waiting)
  })

  it('warn of pull secrets that are not there', async () => {
    addPod({ image: 'registry.invalid/shop:1.0' }, { imagePullSecrets: [{ name: 'regcred' }] })
    await node.pass(1)
    expect(node.story()[0]).toBe(
      'FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
    )
  })
})
