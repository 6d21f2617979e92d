import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeClock } from '../clock.ts'
import type { FakeClient } from '../controllers/testing/fake-client.ts'
import { type ClusterNetwork, makeClusterNetwork } from './cluster-network.ts'
import type { Network } from './network.ts'
import { findLevels } from './testing/levels.ts'
import { makePolicy, makeService, makeSlice, namespace } from './testing/objects.ts'
import { startTestNetwork, type TestNetwork, type TestPod } from './testing/pods.ts'

const { levels, stop } = await findLevels()
afterAll(stop)

describe.each(levels)('at the $level level', ({ missing, makeUnderlay }) => {
  let lab: TestNetwork
  let client: FakeClient
  let network: ClusterNetwork
  let node: Network
  let server: TestPod
  let caller: TestPod
  let webIp: string

  beforeAll(async () => {
    if (missing !== undefined) return
    lab = await startTestNetwork(await makeUnderlay())
    ;({ client, network, node, server, caller, webIp } = lab)
  }, 60_000)
  afterEach(() => lab.repair())
  afterAll(() => lab?.stop())

  describe.skipIf(missing)(`a pod ${missing ?? ''}`, () => {
    it('reaches another one by its address, on a low port, from its own address', async () => {
      expect(await caller.ask({ kind: 'get', url: `http://${server.ip}/` })).toBe(`web ${caller.ip} /`)
    })

    it('reaches a service by its short name, its full name and its address', async () => {
      for (const host of ['web-svc', `web-svc.${namespace}.svc.cluster.local`, webIp]) {
        expect(await caller.ask({ kind: 'get', url: `http://${host}:8080/x` })).toBe(`web ${caller.ip} /x`)
      }
    })

    it('resolves names as getaddrinfo does', async () => {
      expect(await caller.ask({ kind: 'lookup', name: 'web-svc' })).toBe(webIp)
      expect(await caller.ask({ kind: 'lookup', name: 'caller' })).toBe(caller.ip)
      await expect(caller.ask({ kind: 'lookup', name: 'postgres' })).rejects.toMatchObject({
        code: 'ENOTFOUND',
        message: 'getaddrinfo ENOTFOUND postgres',
      })
    })

    it('is refused by a service without endpoints, with the address that it asked for', async () => {
      client.put(makeSlice('web-svc', 80, []))
      await network.settled()
      await expect(caller.ask({ kind: 'connect', host: 'web-svc', port: 8080, timeoutMs: 2000 })).rejects.toMatchObject(
        {
          code: 'ECONNREFUSED',
          message: `connect ECONNREFUSED ${webIp}:8080`,
        },
      )
    })

    it('is refused by a service whose target port is wrong', async () => {
      client.put(makeSlice('web-svc', 81, [server.ip]))
      await network.settled()
      await expect(caller.ask({ kind: 'connect', host: webIp, port: 8080, timeoutMs: 2000 })).rejects.toMatchObject({
        message: `connect ECONNREFUSED ${webIp}:8080`,
      })
    })

    it('has a loopback of its own, where its server answers too', async () => {
      expect(await server.ask({ kind: 'get', url: 'http://127.0.0.1/' })).toMatch(/^web 127\.44\./)
      await expect(caller.ask({ kind: 'get', url: 'http://127.0.0.1/' })).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      })
      await expect(caller.ask({ kind: 'get', url: 'http://poisoned.example/' })).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      })
    })

    it('keeps a server on its loopback away from others', async () => {
      await server.ask({ kind: 'listen', host: '127.0.0.1', port: 9000 })
      expect(await server.ask({ kind: 'get', url: 'http://localhost:9000/' })).toMatch(/^web /)
      await expect(caller.ask({ kind: 'get', url: `http://${server.ip}:9000/` })).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      })
    })

    it('cannot take the address of another pod', async () => {
      await expect(caller.ask({ kind: 'listen', host: server.ip, port: 9001 })).rejects.toMatchObject({
        code: 'EADDRNOTAVAIL',
      })
    })

    it('reaches nothing of the machine and the world outside the cluster', async () => {
      for (const [host, port] of [
        ['203.0.113.1', 80],
        ['169.254.169.254', 80],
      ]) {
        expect(await caller.ask({ kind: 'connect', host, port, timeoutMs: 150 })).toBe('silence')
      }
    })

    it('hears nothing where a NetworkPolicy holds its packets back', async () => {
      client.put(makePolicy('deny', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] }))
      await network.settled()
      for (const [host, port] of [
        ['web-svc', 8080],
        [server.ip, 80],
      ]) {
        expect(await caller.ask({ kind: 'connect', host, port, timeoutMs: 200 })).toBe('silence')
      }
      // Traffic of the node is exempt, as on a real cluster: probes still pass.
      const socket = await node.dial(server.ip, 80)
      expect(socket.localAddress).toBe(node.nodeIp)
      socket.destroy()
    })

    it('cannot resolve names while its egress does not admit DNS, or while CoreDNS has no pods', async () => {
      client.put(
        makePolicy('egress', { podSelector: { matchLabels: { app: 'caller' } }, policyTypes: ['Egress'], egress: [] }),
      )
      await network.settled()
      await expect(caller.ask({ kind: 'lookup', name: 'web-svc' })).rejects.toMatchObject({ code: 'EAI_AGAIN' })
      await client.remove('NetworkPolicy', { namespace, name: 'egress' })

      const kubeDns = makeService('kube-dns', {
        clusterIP: network.dnsIp,
        ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
      })
      client.put({ ...kubeDns, metadata: { name: 'kube-dns', namespace: 'kube-system' } })
      await network.settled()
      await expect(caller.ask({ kind: 'lookup', name: 'web-svc' })).rejects.toMatchObject({ code: 'EAI_AGAIN' })
      expect(network.resolve(`web-svc.${namespace}.svc.cluster.local`)).toEqual([])
      await client.remove('Service', { namespace: 'kube-system', name: 'kube-dns' })
      await network.settled()
      expect(await caller.ask({ kind: 'lookup', name: 'web-svc' })).toBe(webIp)
    })
  })

  describe.skipIf(missing)(`three nodes ${missing ?? ''}`, () => {
    it('have an address and a range of pods each, and connect from their own address', async () => {
      const underlay = await makeUnderlay(3)
      const { nodes, stop } = await makeClusterNetwork({ clock: makeClock(), underlay })
      const addresses = nodes.map(({ nodeIp }) => nodeIp)
      const pods = nodes.map((one, index) => one.claimPodIp(`pod-${index}`))
      expect(new Set([...addresses, ...pods]).size).toBe(6)
      expect(nodes.map(({ podCidr }) => podCidr)).toEqual(pods.map((ip) => ip.replace(/\d+$/, '0/24')))

      const callers: (string | undefined)[] = []
      const at = { host: pods[1] ?? '', port: 8080 }
      const opened = await underlay.accept((socket) => callers.push(socket.remoteAddress) && socket.end(), at)
      for (const one of nodes) (await one.dial(at.host, at.port)).resume()
      await expect.poll(() => callers).toEqual(addresses)
      await opened.close()
      await stop()
    })
  })

  describe.skipIf(missing)(`a node ${missing ?? ''}`, () => {
    it('reaches the loopback of a pod from inside, as a port-forward does', async () => {
      await server.ask({ kind: 'listen', host: '127.0.0.1', port: 9100 })
      await expect(node.dial(server.ip, 9100)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      for (const port of [9100, 80]) {
        const socket = await node.dialInside?.(server.ip, port)
        expect(socket?.readyState).toBe('open')
        socket?.destroy()
      }
      await expect(node.dialInside?.(server.ip, 9101)).rejects.toMatchObject({
        message: `connect ECONNREFUSED ${server.ip}:9101`,
      })
    })

    it('dials pods as the node, and names the pod in errors', async () => {
      await expect(node.dial(server.ip, 81)).rejects.toMatchObject({
        code: 'ECONNREFUSED',
        message: `connect ECONNREFUSED ${server.ip}:81`,
      })
      const socket = await node.dial(webIp, 8080)
      expect(socket.remoteAddress).toBe(server.ip)
      socket.destroy()
    })
  })
})
