// A network with real pods for tests: processes with pods' addresses, over objects of a fake client.
import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeClock } from '../../clock.ts'
import { type FakeClient, makeFakeClient } from '../../controllers/testing/fake-client.ts'
import { type ClusterNetwork, makeClusterNetwork } from '../cluster-network.ts'
import type { Network } from '../network.ts'
import type { Underlay } from '../underlay/underlay.ts'
import { makePod, makeService, makeSlice, namespace } from './objects.ts'

export interface TestPod {
  ip: string
  ask(order: Record<string, unknown>): Promise<string>
  stop(): void
}

export interface TestNetwork {
  client: FakeClient
  network: ClusterNetwork
  /** Its only node. */
  node: Network
  /** A web server on port 80, behind the Service `web-svc` with port 8080. */
  server: TestPod
  caller: TestPod
  webIp: string
  /** Starts a pod on this node, or on one of another network. */
  startPod(name: string, node?: Network): TestPod
  /** Makes the endpoints of `web-svc` whole again and removes all policies. */
  repair(): Promise<void>
  stop(): Promise<void>
}

/** Starts a network with a server and a client. */
export async function startTestNetwork(underlay: Underlay): Promise<TestNetwork> {
  const client = makeFakeClient(makeClock())
  const folder = mkdtempSync(join(tmpdir(), 'network-test-'))
  const network = await makeClusterNetwork({ clock: makeClock(), client, underlay })
  const [node] = network.nodes
  if (!node) throw new Error('no node')
  const pods: TestPod[] = []

  const startPod = (name: string, where: Network = node) => {
    const pod = runPod(name, where, folder)
    pods.push(pod)
    client.put(makePod(name, pod.ip, { app: name }))
    return pod
  }
  client.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const server = startPod('web')
  const caller = startPod('caller')
  await Promise.all([
    server.ask({ kind: 'listen', host: '0.0.0.0', port: 80 }),
    caller.ask({ kind: 'lookup', name: 'localhost' }),
  ])
  const webIp = network.claimServiceIp()
  client.put(makeService('web-svc', { clusterIP: webIp, ports: [{ port: 8080, targetPort: 80, nodePort: 30_080 }] }))

  const repair = async () => {
    for (const { metadata } of client.list('NetworkPolicy')) {
      await client.remove('NetworkPolicy', { namespace, name: metadata.name ?? '' })
    }
    client.put(makeSlice('web-svc', 80, [server.ip]))
    await network.settled()
  }
  await repair()

  return {
    client,
    network,
    node,
    server,
    caller,
    webIp,
    startPod,
    repair,
    async stop() {
      for (const pod of pods) pod.stop()
      await network.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A process with a pod's address, as the runtime starts one. */
function runPod(name: string, network: Network, folder: string): TestPod {
  const ip = network.claimPodIp(name)
  const etc = join(folder, name)
  mkdirSync(etc)
  writeFileSync(join(etc, 'hosts'), `127.0.0.1\tlocalhost\n${ip}\t${name}\n127.0.0.1\tpoisoned.example\n`)
  const search = `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local`
  const options = 'options ndots:5 timeout:1 attempts:1'
  writeFileSync(join(etc, 'resolv.conf'), `${search}\nnameserver ${network.dnsIp}\n${options}\n`)
  const program = join(import.meta.dirname, 'pod-program.ts')
  const [execPath = '', ...execArgv] = [...network.enter, process.execPath]
  const child: ChildProcess = fork(program, [name], { env: network.processEnv(ip, etc), execPath, execArgv })
  let last = 0
  return {
    ip,
    ask(order) {
      last += 1
      const id = last
      return new Promise((resolve, reject) => {
        const onMessage = (answer: { id: number; value?: string; error?: string; code?: string }) => {
          if (answer.id !== id) return
          child.off('message', onMessage)
          if (answer.error === undefined) resolve(answer.value ?? '')
          else reject(Object.assign(new Error(answer.error), { code: answer.code }))
        }
        child.on('message', onMessage)
        child.send({ ...order, id })
      })
    },
    stop: () => child.kill('SIGKILL'),
  }
}
