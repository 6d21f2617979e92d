import { afterEach, expect, it } from 'vitest'
import { type FakeNode, startFakeNode } from '../testing/fake-node.ts'
import { fakeImage } from '../testing/fake-runtime.ts'

let node: FakeNode
afterEach(() => node.stop())

const condition = (type: string) =>
  node.client.get('Node', { name: 'node-1' }).status?.conditions?.find((found) => found.type === type)

it('joins as upstream describes a node', async () => {
  node = await startFakeNode({ images: [fakeImage('docker.io/library/busybox:1.36')] })
  const { metadata, spec, status } = node.client.get('Node', { name: 'node-1' })
  expect(metadata.labels).toMatchObject({ 'kubernetes.io/hostname': 'node-1', 'kubernetes.io/os': 'linux' })
  expect(spec).toEqual({ podCIDR: '10.42.0.0/24', podCIDRs: ['10.42.0.0/24'] })
  expect(status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID'],
    ['Ready', 'True', 'KubeletReady'],
  ])
  expect(status?.images?.[0]?.names?.[0]).toBe('docker.io/library/busybox:1.36')
  expect(node.story()).toEqual([
    'Starting: Starting kubelet.',
    'NodeHasSufficientMemory: Node node-1 status is now: NodeHasSufficientMemory',
    'NodeHasNoDiskPressure: Node node-1 status is now: NodeHasNoDiskPressure',
    'NodeHasSufficientPID: Node node-1 status is now: NodeHasSufficientPID',
    'NodeReady: Node node-1 status is now: NodeReady',
  ])
})

it('shows pressure, and keeps it for five minutes after it has passed', async () => {
  let isShort = false
  node = await startFakeNode({ kubelet: { pressure: () => ({ memory: isShort, disk: false }) } })
  isShort = true
  await node.pass(11)
  expect(condition('MemoryPressure')).toMatchObject({
    status: 'True',
    reason: 'KubeletHasInsufficientMemory',
    message: 'kubelet has insufficient memory available',
    lastTransitionTime: '2026-01-01T00:00:10Z',
  })
  isShort = false
  await node.pass(200)
  expect(condition('MemoryPressure')?.status).toBe('True')
  await node.pass(120)
  expect(condition('MemoryPressure')?.status).toBe('False')
})

it('has other pod addresses after a restart on another network, and stays what an administrator made of it', async () => {
  node = await startFakeNode()
  await node.client.patch('Node', { name: 'node-1' }, { spec: { unschedulable: true } })
  Object.assign(node.network, { podCidr: '127.42.3.0/24', nodeIp: '127.42.3.1' })
  await node.restartKubelet()
  const { spec, status } = node.client.get('Node', { name: 'node-1' })
  expect(spec).toEqual({ podCIDR: '127.42.3.0/24', podCIDRs: ['127.42.3.0/24'], unschedulable: true })
  expect(status?.addresses?.[0]).toEqual({ type: 'InternalIP', address: '127.42.3.1' })
})
