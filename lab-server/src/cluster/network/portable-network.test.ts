import { get } from 'node:http'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeClock } from '../clock.ts'
import type { FakeClient } from '../controllers/testing/fake-client.ts'
import { makePortableNetwork, type PortableNetwork } from './portable-network.ts'
import { makePolicy, makeService, makeSlice, namespace } from './testing/objects.ts'
import { startTestNetwork, type TestNetwork, type TestPod } from './testing/pods.ts'

let lab: TestNetwork
let client: FakeClient
let network: PortableNetwork
let server: TestPod
let caller: TestPod
let webIp: string

beforeAll(async () => {
  lab = await startTestNetwork()
  ;({ client, network, server, caller, webIp } = lab)
})
afterEach(() => lab.repair())
afterAll(() => lab.stop())

describe('a pod', () => {
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
    await expect(caller.ask({ kind: 'connect', host: 'web-svc', port: 8080, timeoutMs: 2000 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: `connect ECONNREFUSED ${webIp}:8080`,
    })
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
    await expect(caller.ask({ kind: 'get', url: 'http://127.0.0.1/' })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
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
      ['127.42.255.9', 80],
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
    const socket = await network.dial(server.ip, 80)
    expect(socket.localAddress).toBe(network.nodeIp)
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

describe('the machine', () => {
  it('reaches services and node ports at their addresses, and is refused without endpoints', async () => {
    const ask = (host: string, port: number) =>
      new Promise<string>((resolve, reject) => {
        get({ host, port, agent: false }, (response) => response.on('data', (chunk) => resolve(String(chunk)))).on(
          'error',
          reject,
        )
      })
    expect(await ask(webIp, 8080)).toBe(`web ${network.nodeIp} /`)
    expect(await ask(network.nodeIp, 30_080)).toBe(`web ${network.nodeIp} /`)
    client.put(makeSlice('web-svc', 80, []))
    await network.settled()
    await expect(ask(webIp, 8080)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('reaches the loopback of a pod from inside, as a port-forward does', async () => {
    await server.ask({ kind: 'listen', host: '127.0.0.1', port: 9100 })
    await expect(network.dial(server.ip, 9100)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    for (const port of [9100, 80]) {
      const socket = await network.dialInside?.(server.ip, port)
      expect(socket?.readyState).toBe('open')
      socket?.destroy()
    }
    await expect(network.dialInside?.(server.ip, 9101)).rejects.toMatchObject({
      message: `connect ECONNREFUSED ${server.ip}:9101`,
    })
  })

  it('dials pods as the node, and names the pod in errors', async () => {
    await expect(network.dial(server.ip, 81)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: `connect ECONNREFUSED ${server.ip}:81`,
    })
    expect(network.toHost(webIp, 8080)).toEqual({ host: server.ip, port: network.hostPort(80) })
  })

  it('neither answers in the place of a pod nor takes its port, though it listens on all addresses', async () => {
    const everywhere = createServer((socket) => socket.end('the machine'))
    const open = (port: number) =>
      new Promise<number>((resolve) => {
        everywhere.listen(port, '0.0.0.0', () => resolve((everywhere.address() as { port: number }).port))
      })
    const port = await open(0)
    const other = await makePortableNetwork({ clock: makeClock(), client })
    const pod = lab.startPod('busy', other)
    await expect(other.dial(pod.ip, port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await pod.ask({ kind: 'listen', port })
    expect(await pod.ask({ kind: 'get', url: `http://${pod.ip}:${port}/` })).toMatch(/^busy /)
    const socket = await other.dial(pod.ip, port)
    socket.destroy()
    pod.stop()
    await other.stop()
    everywhere.close()
  })

  it('gives every cluster a range of its own', async () => {
    const other = await makePortableNetwork({ clock: makeClock() })
    expect(other.podCidr).not.toBe(network.podCidr)
    await other.stop()
  })
})
