// A kubelet on fakes and a virtual clock, for tests.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerStatus, Pod, PodSpec } from '../../objects/types.ts'
import { makeVirtualClock, type VirtualClock } from '../../virtual-clock.ts'
import type { Image } from '../container-runtime.ts'
import { type Kubelet, startKubelet } from '../kubelet.ts'
import type { KubeletOptions } from '../kubelet-context.ts'
import { type FakeClient, makeFakeClient, type ReportedEvent } from './fake-client.ts'
import { type FakeNetwork, makeFakeNetwork } from './fake-network.ts'
import { type FakeRuntime, fakeImage, makeFakeRuntime } from './fake-runtime.ts'

/** Everything a test of the kubelet touches. */
export interface FakeNode extends FakeClient {
  clock: VirtualClock
  runtime: FakeRuntime
  network: FakeNetwork
  kubelet: Kubelet
  dataDir: string
  errors: unknown[]
  /** Creates a pod bound to the node. */
  addPod(spec: PodSpec, metadata?: Partial<Pod['metadata']>): Pod
  pod(name?: string): Pod
  /** The status of one container of the only pod. */
  container(name: string): ContainerStatus
  /** Events as `reason: message`, in order; those of the node joining are left out once there is a pod. */
  story(): string[]
  /** Moves time in small steps, so that real files and sockets keep up with it. */
  pass(seconds: number): Promise<void>
  restartKubelet(): Promise<void>
  stop(): Promise<void>
}

/** Starts a node called node-1 that has busybox and nothing else. */
export async function startFakeNode(
  options: { images?: Image[]; kubelet?: Partial<KubeletOptions> } = {},
): Promise<FakeNode> {
  const clock = makeVirtualClock(Date.UTC(2026, 0, 1))
  const fake = makeFakeClient(() => clock.now())
  const images = options.images ?? [fakeImage('docker.io/library/busybox:1.36')]
  const runtime = makeFakeRuntime(clock, images)
  const network = makeFakeNetwork()
  const dataDir = await mkdtemp(join(tmpdir(), 'kubelet-'))
  const errors: unknown[] = []
  const { client } = fake
  const start = () =>
    startKubelet(
      { client, clock, runtime, network, nodeName: 'node-1', dataDir, images, random: () => 0, ...options.kubelet },
      (error) => errors.push(error),
    )

  const node: FakeNode = {
    ...fake,
    clock,
    runtime,
    network,
    dataDir,
    errors,
    kubelet: await start(),
    addPod: (spec, metadata = {}) =>
      fake.put({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', namespace: 'shop', ...metadata },
        spec: { nodeName: 'node-1', restartPolicy: 'Always', terminationGracePeriodSeconds: 30, ...spec },
      } as unknown as Pod) as unknown as Pod,
    pod: (name = 'web') => client.get('Pod', { namespace: 'shop', name }),
    container(name) {
      const { status } = node.pod()
      const all = [
        ...(status?.containerStatuses ?? []),
        ...(status?.initContainerStatuses ?? []),
        ...(status?.ephemeralContainerStatuses ?? []),
      ]
      const found = all.find((container) => container.name === name)
      if (!found) throw new Error(`no status of container ${name}`)
      return found
    },
    story: () => ownEvents(fake.events).map(({ reason, message }) => `${reason}: ${message}`),
    async pass(seconds) {
      // Files take real time, which a virtual clock does not wait for.
      const stepMs = seconds > 100 ? 250 : 50
      await settle()
      for (let left = seconds * 1000; left > 0; left -= stepMs) {
        await clock.advance(Math.min(stepMs, left))
        await settle()
      }
    },
    async restartKubelet() {
      await node.kubelet.stop()
      await runtime.stop()
      node.kubelet = await start()
      await settle()
    },
    async stop() {
      await node.kubelet.stop()
      await runtime.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  return node
}

/** Lets work that is not the clock's finish: files in flight, and the promises behind them. */
async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 4; ) {
    await new Promise((resolve) => setImmediate(resolve))
    const isBusy = process.getActiveResourcesInfo().some((name) => /FSReq|CloseReq/i.test(name))
    quiet = isBusy ? 0 : quiet + 1
  }
}

function ownEvents(events: ReportedEvent[]): ReportedEvent[] {
  const ofPods = events.filter(({ object }) => object !== 'node-1')
  return ofPods.length > 0 ? ofPods : events
}
