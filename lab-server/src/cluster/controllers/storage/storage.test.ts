import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scheduler } from '../scheduler/scheduler.ts'
import { eventually } from '../testing/eventually.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makeClaim, makeLocalPathClass, makeNode, makePod } from '../testing/objects.ts'
import { ephemeralVolumeController } from './ephemeral-volumes.ts'
import { localPathProvisioner, localPathReclaimer } from './local-path-provisioner.ts'
import { claimProtection, volumeProtection } from './protection.ts'
import { volumeBinder } from './volume-binder.ts'
import { volumeReclaimer } from './volume-reclaimer.ts'

const key = { namespace: 'lab', name: 'data' }
let lab: Harness
let hostDir: string
let volumesDir: string

beforeEach(() => {
  hostDir = mkdtempSync(join(tmpdir(), 'host-'))
  volumesDir = join(hostDir, 'opt/volumes')
  lab = startHarness(
    [
      ephemeralVolumeController,
      scheduler,
      volumeBinder,
      volumeReclaimer,
      localPathProvisioner,
      localPathReclaimer,
      claimProtection,
      volumeProtection,
    ],
    { hostDir, volumesDir: '/opt/volumes' },
  )
  lab.client.put(makeNode('node-1'))
  lab.client.put(makeLocalPathClass())
})
afterEach(async () => {
  await lab.stop()
  rmSync(hostDir, { recursive: true })
})

const settle = () => lab.clock.advance(20)
const isBound = (name: string) => () =>
  expect(lab.client.find('PersistentVolumeClaim', { namespace: 'lab', name })?.status?.phase).toBe('Bound')
const isScheduled = () => expect(lab.client.get('Pod', { namespace: 'lab', name: 'a' }).spec?.nodeName).toBe('node-1')
const events = () =>
  lab.client.events.filter(({ about }) => about === 'PersistentVolumeClaim/data').map(({ reason }) => reason)
const podUsing = (name: string) =>
  makePod(name, {}, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] })

describe('a claim of the class local-path', () => {
  it('waits for a pod, gets a volume on its node, and then the pod is scheduled', async () => {
    lab.client.put(makeClaim('data'))
    await settle()
    expect(lab.client.get('PersistentVolumeClaim', key).status?.phase).toBe('Pending')
    expect(events()).toEqual(['WaitForFirstConsumer'])

    lab.client.put(podUsing('a'))
    await eventually(lab.clock, isScheduled)
    const claim = lab.client.get('PersistentVolumeClaim', key)
    const name = `pvc-${claim.metadata.uid}`
    expect(claim.metadata.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
      'volume.beta.kubernetes.io/storage-provisioner': 'rancher.io/local-path',
      'volume.kubernetes.io/selected-node': 'node-1',
      'volume.kubernetes.io/storage-provisioner': 'rancher.io/local-path',
    })
    expect(claim.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection'])
    expect(claim.spec?.volumeName).toBe(name)
    expect(claim.status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } })
    expect(lab.client.get('PersistentVolume', { name }).status?.phase).toBe('Bound')
    expect(lab.client.get('Pod', { namespace: 'lab', name: 'a' }).spec?.nodeName).toBe('node-1')
    expect(events()).toEqual(['WaitForFirstConsumer', 'ExternalProvisioning', 'Provisioning', 'ProvisioningSucceeded'])
    expect(readdirSync(volumesDir)).toEqual([`${name}_lab_data`])
  })

  it('stays while a pod uses it, and takes volume and folder with it', async () => {
    lab.client.put(makeClaim('data'))
    lab.client.put(podUsing('a'))
    await eventually(lab.clock, isScheduled)
    await lab.client.remove('PersistentVolumeClaim', key)
    await settle()
    expect(lab.client.find('PersistentVolumeClaim', key)).toBeDefined()
    await lab.client.remove('Pod', { namespace: 'lab', name: 'a' }, { gracePeriodSeconds: 0 })
    await eventually(lab.clock, () => expect(lab.client.list('PersistentVolume')).toEqual([]))
    expect(lab.client.find('PersistentVolumeClaim', key)).toBeUndefined()
    expect(readdirSync(volumesDir)).toEqual([])
  })

  it('refuses access from many nodes in the words of the provisioner', async () => {
    const claim = makeClaim('data')
    lab.client.put({ ...claim, spec: { ...claim.spec, accessModes: ['ReadWriteMany'] } })
    lab.client.put(podUsing('a'))
    await settle()
    const failures = lab.client.events.filter(({ reason }) => reason === 'ProvisioningFailed')
    expect(failures).toHaveLength(1)
    expect(failures[0]?.message).toBe(
      'failed to provision volume with StorageClass "local-path": NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes',
    )
  })
})

it('gives a pod the claim that its ephemeral volume stands for', async () => {
  const { spec } = makeClaim('x')
  lab.client.put(
    makePod('a', {}, { volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: spec ?? {} } } }] }),
  )
  await eventually(lab.clock, isBound('a-scratch'))
  await eventually(lab.clock, isScheduled)
  const claim = lab.client.get('PersistentVolumeClaim', { namespace: 'lab', name: 'a-scratch' })
  expect(claim.metadata.ownerReferences).toMatchObject([{ kind: 'Pod', name: 'a', controller: true }])
})

it('lets a pod use a volume that an operator made for it beforehand', async () => {
  lab.client.put({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv-1' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '5Gi' },
      storageClassName: 'local-path',
      hostPath: { path: '/x' },
    },
  })
  lab.client.put(makeClaim('data'))
  lab.client.put(podUsing('a'))
  await settle()
  expect(lab.client.get('PersistentVolumeClaim', key).spec?.volumeName).toBe('pv-1')
  expect(lab.client.get('Pod', { namespace: 'lab', name: 'a' }).spec?.nodeName).toBe('node-1')
})

describe('other claims', () => {
  it('name a class that does not exist', async () => {
    lab.client.put(makeClaim('data', 'fast-ssd'))
    await settle()
    expect(lab.client.events).toMatchObject([
      {
        type: 'Warning',
        reason: 'ProvisioningFailed',
        message: 'storageclass.storage.k8s.io "fast-ssd" not found',
        component: 'persistentvolume-controller',
      },
    ])
  })

  it('take the smallest volume that fits', async () => {
    for (const [name, storage] of [
      ['large', '10Gi'],
      ['fits', '2Gi'],
      ['small', '500Mi'],
    ] as const) {
      lab.client.put({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name },
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage },
          storageClassName: 'manual',
          hostPath: { path: '/x' },
        },
      })
    }
    lab.client.put(makeClaim('data', 'manual'))
    await settle()
    expect(lab.client.get('PersistentVolumeClaim', key).spec?.volumeName).toBe('fits')
    expect(lab.client.get('PersistentVolume', { name: 'small' }).status?.phase).toBe('Available')

    await lab.client.remove('PersistentVolumeClaim', key)
    await settle()
    expect(lab.client.get('PersistentVolume', { name: 'fits' }).status?.phase).toBe('Released')
  })
})

it('never deletes a folder outside its own', async () => {
  const outside = mkdtempSync(join(hostDir, 'outside-'))
  lab.client.put({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'evil', annotations: { 'pv.kubernetes.io/provisioned-by': 'rancher.io/local-path' } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      claimRef: { namespace: 'lab', name: 'gone', uid: 'gone' },
      hostPath: { path: `/opt/volumes/../../${basename(outside)}` },
      persistentVolumeReclaimPolicy: 'Delete',
    },
  })
  await eventually(lab.clock, () => expect(lab.client.find('PersistentVolume', { name: 'evil' })).toBeUndefined())
  expect(existsSync(outside)).toBe(true)
})
