import { existsSync } from 'node:fs'
import { chown, lstat, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Container, Volume } from '../../objects/types.ts'
import { type FakeNode, startFakeNode } from '../testing/fake-node.ts'

let node: FakeNode
let issued = 0
beforeEach(async () => {
  issued = 0
  node = await startFakeNode({
    kubelet: {
      async issueToken({ serviceAccountName, podName }) {
        return `token ${++issued} of ${serviceAccountName} for ${podName}`
      },
    },
  })
})
afterEach(async () => {
  await node.stop()
  expect(node.errors).toEqual([])
})

const metadata = (name: string) => ({ name, namespace: 'shop' })
const configMap = (name: string, data: Record<string, string>) =>
  node.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(name), data } as never)
const addPod = (volumes: Volume[], mounts: NonNullable<Container['volumeMounts']>, change: Partial<Container> = {}) =>
  node.addPod({ volumes, containers: [{ name: 'c', image: 'busybox:1.36', volumeMounts: mounts, ...change }] })
const hostPath = (containerPath: string) =>
  node.runtime.latest('c').spec.mounts.find((mount) => mount.containerPath === containerPath)?.hostPath ?? ''

describe('volumes of objects', () => {
  it('hold their files, and new ones after a change', async () => {
    configMap('page', { 'index.html': 'old', 'robots.txt': 'no' })
    addPod([{ name: 'v', configMap: { name: 'page' } }], [{ name: 'v', mountPath: '/v' }])
    await node.pass(1)
    const dir = hostPath('/v')
    expect(await readFile(join(dir, 'index.html'), 'utf8')).toBe('old')
    expect(await readlink(join(dir, 'index.html'))).toBe('..data/index.html')

    configMap('page', { 'index.html': 'new' })
    await node.pass(31)
    expect(await readFile(join(dir, 'index.html'), 'utf8')).toBe('new')
    expect((await readdir(dir)).filter((name) => !name.startsWith('..'))).toEqual(['index.html'])
    expect((await readdir(dir)).filter((name) => name.startsWith('..20'))).toHaveLength(1)
  })

  it.runIf(process.getuid?.() === 0)('stay the property of whom the runtime gave them to', async () => {
    const secret = (text: string) => ({ data: { key: Buffer.from(text).toString('base64') } })
    node.put({ apiVersion: 'v1', kind: 'Secret', metadata: metadata('s'), ...secret('old') } as never)
    addPod([{ name: 'v', secret: { secretName: 's', defaultMode: 0o400 } }], [{ name: 'v', mountPath: '/v' }])
    await node.pass(1)
    const dir = hostPath('/v')
    for (const path of ['', ...(await readdir(dir, { recursive: true }))]) {
      if (!(await lstat(join(dir, path))).isSymbolicLink()) await chown(join(dir, path), 65534, 65534)
    }
    node.put({ apiVersion: 'v1', kind: 'Secret', metadata: metadata('s'), ...secret('new') } as never)
    await node.pass(31)
    expect(await readFile(join(dir, 'key'), 'utf8')).toBe('new')
    const { uid, gid, mode } = await stat(join(dir, 'key'))
    expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: 65534, gid: 65534, mode: 0o400 })
  })

  it('keep a mounted part of theirs as it was when the container started', async () => {
    configMap('page', { 'index.html': 'old' })
    addPod(
      [{ name: 'v', configMap: { name: 'page' } }],
      [{ name: 'v', mountPath: '/index.html', subPath: 'index.html' }],
    )
    await node.pass(1)
    configMap('page', { 'index.html': 'new' })
    await node.pass(31)
    expect(await readFile(hostPath('/index.html'), 'utf8')).toBe('old')
    node.runtime.latest('c').end({ exitCode: 1 })
    await node.pass(1)
    expect(await readFile(hostPath('/index.html'), 'utf8')).toBe('new')
  })

  it('project tokens, fields and chosen keys with their modes', async () => {
    configMap('settings', { a: '1', b: '2' })
    const sources = [
      { serviceAccountToken: { path: 'token' } },
      { configMap: { name: 'settings', items: [{ key: 'a', path: 'conf/a', mode: 0o400 }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ]
    addPod([{ name: 'v', projected: { sources } }], [{ name: 'v', mountPath: '/v', readOnly: true }])
    await node.pass(1)
    const dir = hostPath('/v')
    expect(await readFile(join(dir, 'token'), 'utf8')).toBe('token 1 of default for web')
    expect(await readFile(join(dir, 'namespace'), 'utf8')).toBe('shop')
    expect((await stat(join(dir, 'conf/a'))).mode & 0o777).toBe(0o400)
    expect(node.container('c').volumeMounts).toEqual([
      { mountPath: '/v', name: 'v', readOnly: true, recursiveReadOnly: 'Disabled' },
    ])
  })

  it('renew a token when most of its life is over', async () => {
    const sources = [{ serviceAccountToken: { path: 'token', expirationSeconds: 600 } }]
    addPod([{ name: 'v', projected: { sources } }], [{ name: 'v', mountPath: '/v', readOnly: true }])
    await node.pass(400)
    expect(issued).toBe(1)
    await node.pass(120)
    expect(await readFile(join(hostPath('/v'), 'token'), 'utf8')).toBe('token 2 of default for web')
  })

  const missing: [string, Volume, string][] = [
    ['a ConfigMap', { name: 'v', configMap: { name: 'nosuch' } }, 'configmap "nosuch" not found'],
    ['a Secret', { name: 'v', secret: { secretName: 'nosuch' } }, 'secret "nosuch" not found'],
    [
      'a key',
      { name: 'v', configMap: { name: 'page', items: [{ key: 'schema.sql', path: 'schema.sql' }] } },
      'configmap references non-existent config key: schema.sql',
    ],
  ]
  it.each(missing)('keep the pod waiting without %s', async (_what, volume, why) => {
    configMap('page', {})
    addPod([volume], [{ name: 'v', mountPath: '/v' }])
    await node.pass(40)
    const failures = node.events.filter(({ reason }) => reason === 'FailedMount')
    expect(failures[0]?.message).toBe(`MountVolume.SetUp failed for volume "v" : ${why}`)
    const begunMs = failures[0]?.atMs ?? 0
    expect(failures.map(({ atMs }) => Math.round((atMs - begunMs) / 500) / 2)).toEqual([
      0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5,
    ])
    expect(node.container('c').state).toEqual({ waiting: { reason: 'ContainerCreating' } })
    expect(node.pod().status).toMatchObject({ phase: 'Pending' })
    expect(node.pod().status).not.toHaveProperty('podIP')
  })

  it('let the pod go as soon as the object is there', async () => {
    addPod([{ name: 'v', configMap: { name: 'late' } }], [{ name: 'v', mountPath: '/v' }])
    await node.pass(20)
    configMap('late', { A: '1' })
    await node.pass(0.5)
    expect(node.container('c').ready).toBe(true)
  })

  it('may be optional', async () => {
    addPod([{ name: 'v', secret: { secretName: 'nosuch', optional: true } }], [{ name: 'v', mountPath: '/v' }])
    await node.pass(1)
    expect(node.container('c').ready).toBe(true)
  })
})

describe('volumes that are folders', () => {
  it('start empty, are shared, and go with the pod', async () => {
    addPod(
      [{ name: 'v', emptyDir: {} }],
      [
        { name: 'v', mountPath: '/a' },
        { name: 'v', mountPath: '/b', subPath: 'deep/er' },
      ],
    )
    await node.pass(1)
    expect(hostPath('/b')).toBe(join(hostPath('/a'), 'deep/er'))
    expect((await stat(hostPath('/a'))).mode & 0o777).toBe(0o777)
    node.startDeletion({ namespace: 'shop', name: 'web' }, 1)
    await node.pass(1)
    expect(existsSync(join(node.dataDir, 'pods'))).toBe(true)
    expect(await readdir(join(node.dataDir, 'pods'))).toEqual([])
  })

  it('of a claim keep their data under our own folder', async () => {
    node.put({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: metadata('data'),
      spec: { volumeName: 'pv-1' },
      status: { phase: 'Bound' },
    } as never)
    node.put({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv-1' },
      spec: { hostPath: { path: '/../../etc' } },
    } as never)
    addPod([{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }], [{ name: 'v', mountPath: '/v' }])
    await node.pass(1)
    expect(hostPath('/v')).toBe(join(node.dataDir, 'host', 'etc'))
    await writeFile(join(hostPath('/v'), 'row'), '1')
    node.startDeletion({ namespace: 'shop', name: 'web' }, 1)
    await node.pass(2)
    expect(existsSync(join(node.dataDir, 'host/etc/row'))).toBe(true)
  })

  it('wait for a claim that is not there', async () => {
    addPod([{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }], [{ name: 'v', mountPath: '/v' }])
    await node.pass(1)
    expect(node.story()[0]).toBe(
      'FailedMount: Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], failed to process volumes=[v]: error processing PVC shop/data: failed to fetch PVC from API server: persistentvolumeclaims "data" not found',
    )
  })

  it('never let a subPath out through a link', async () => {
    const pod = addPod([{ name: 'v', emptyDir: {} }], [{ name: 'v', mountPath: '/v' }])
    await node.pass(1)
    await symlink('/etc', join(hostPath('/v'), 'out'))
    const mounts = [{ name: 'v', mountPath: '/v', subPath: 'out' }]
    node.runtime.latest('c').end({ exitCode: 1 })
    node.put({
      ...pod,
      spec: { ...pod.spec, containers: [{ name: 'c', image: 'busybox:1.36', volumeMounts: mounts }] },
    } as never)
    await node.pass(1)
    expect(node.container('c').state?.waiting?.reason).toBe('CreateContainerConfigError')
    expect(node.container('c').state?.waiting?.message).toContain('subPath leads outside the volume')
  })
})
