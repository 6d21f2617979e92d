// What only the portable level has: the cluster's addresses are the machine's own.
import { get } from 'node:http'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeClock } from '../../clock.ts'
import { makeClusterNetwork } from '../cluster-network.ts'
import { makeSlice } from '../testing/objects.ts'
import { startTestNetwork, type TestNetwork } from '../testing/pods.ts'
import { makePortableUnderlay } from './portable-underlay.ts'

let lab: TestNetwork

beforeAll(async () => {
  lab = await startTestNetwork(await makePortableUnderlay(1))
}, 60_000)
afterEach(() => lab.repair())
afterAll(() => lab.stop())

describe('the machine', () => {
  it('reaches services and node ports at their addresses, and is refused without endpoints', async () => {
    const { client, network, node, webIp } = lab
    const ask = (host: string, port: number) =>
      new Promise<string>((resolve, reject) => {
        get({ host, port, agent: false }, (response) => response.on('data', (chunk) => resolve(String(chunk)))).on(
          'error',
          reject,
        )
      })
    expect(await ask(webIp, 8080)).toBe(`web ${node.nodeIp} /`)
    expect(await ask(node.nodeIp, 30_080)).toBe(`web ${node.nodeIp} /`)
    client.put(makeSlice('web-svc', 80, []))
    await network.settled()
    await expect(ask(webIp, 8080)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('neither answers in the place of a pod nor takes its port, though it listens on all addresses', async () => {
    const everywhere = createServer((socket) => socket.end('the machine'))
    const open = (port: number) =>
      new Promise<number>((resolve) => {
        everywhere.listen(port, '0.0.0.0', () => resolve((everywhere.address() as { port: number }).port))
      })
    const port = await open(0)
    const { client } = lab
    const underlay = await makePortableUnderlay(1)
    const network = await makeClusterNetwork({ clock: makeClock(), client, underlay })
    const [other] = network.nodes
    if (!other) throw new Error('no node')
    const pod = lab.startPod('busy', other)
    await expect(other.dial(pod.ip, port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await pod.ask({ kind: 'listen', port })
    expect(await pod.ask({ kind: 'get', url: `http://${pod.ip}:${port}/` })).toMatch(/^busy /)
    const socket = await other.dial(pod.ip, port)
    socket.destroy()
    pod.stop()
    await network.stop()
    everywhere.close()
  })

  it('gives every node of every cluster a range of its own', async () => {
    const [one, other] = [await makePortableUnderlay(2), await makePortableUnderlay(1)]
    const ranges = [...one.nodes, ...other.nodes, ...lab.network.nodes].map(({ podCidr }) => podCidr)
    expect(new Set(ranges).size).toBe(4)
    expect(one.nodes.map(({ ip }) => ip)).toEqual(one.hostCidrs.map((cidr) => cidr.replace('.0/24', '.1')))
    await Promise.all([one.stop(), other.stop()])
  })
})
