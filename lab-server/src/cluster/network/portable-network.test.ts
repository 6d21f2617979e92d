import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get, request } from 'node:http'
import { get as getSecurely } from 'node:https'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { issueCertificate } from '../apiserver/tls/certificate.ts'
import { makeClock } from '../clock.ts'
import { makeFakeClient } from '../controllers/testing/fake-client.ts'
import { makePortableNetwork, type PortableNetwork } from './portable-network.ts'
import { makeIngress, makePod, makePolicy, makeService, makeSlice, namespace } from './testing/objects.ts'

const clock = makeClock()
const client = makeFakeClient(clock)
let network: PortableNetwork
let folder: string

interface TestPod {
  ip: string
  ask(order: Record<string, unknown>): Promise<string>
  stop(): void
}

const pods: TestPod[] = []

/** The log is written when a response is through, which its reader may see a moment earlier. */
async function eventually(attempt: () => void): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      return attempt()
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** A process with a pod's address, as the runtime starts one. */
function startPod(name: string): TestPod {
  const ip = network.claimPodIp(name)
  const etc = join(folder, name)
  mkdirSync(etc)
  writeFileSync(join(etc, 'hosts'), `127.0.0.1\tlocalhost\n${ip}\t${name}\n127.0.0.1\tpoisoned.example\n`)
  const search = `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local`
  writeFileSync(
    join(etc, 'resolv.conf'),
    `${search}\nnameserver ${network.dnsIp}\noptions ndots:5 timeout:1 attempts:1\n`,
  )
  const program = join(import.meta.dirname, 'testing/pod-program.ts')
  const child: ChildProcess = fork(program, [name], { env: network.processEnv(ip, etc), execArgv: [] })
  let last = 0
  const pod: TestPod = {
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
  pods.push(pod)
  client.put(makePod(name, ip, { app: name }))
  return pod
}

/** A request to the ingress controller, as a browser makes it. */
function browse(
  path: string,
  options: { host?: string; method?: string; body?: string } = {},
): Promise<{ status: number; text: string }> {
  const { host = 'taskmaster.local', method = 'GET', body } = options
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...network.ingress, path, method, headers: { host }, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    outgoing.on('error', reject).end(body)
  })
}

let server: TestPod
let caller: TestPod
let webIp: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'network-test-'))
  network = await makePortableNetwork({ clock, client })
  client.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  server = startPod('web')
  caller = startPod('caller')
  await Promise.all([
    server.ask({ kind: 'listen', host: '0.0.0.0', port: 80 }),
    caller.ask({ kind: 'lookup', name: 'localhost' }),
  ])
  webIp = network.claimServiceIp()
  client.put(makeService('web-svc', { clusterIP: webIp, ports: [{ port: 8080, targetPort: 80, nodePort: 30_080 }] }))
  client.put(makeSlice('web-svc', 80, [server.ip]))
  await network.settled()
})
afterEach(async () => {
  for (const { metadata } of client.list('NetworkPolicy'))
    await client.remove('NetworkPolicy', { namespace, name: metadata.name ?? '' })
  client.put(makeSlice('web-svc', 80, [server.ip]))
  await network.settled()
})
afterAll(async () => {
  for (const pod of pods) pod.stop()
  await network.stop()
  rmSync(folder, { recursive: true })
})

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
    const before = network
    network = await makePortableNetwork({ clock, client })
    const pod = startPod('busy')
    await expect(network.dial(pod.ip, port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await pod.ask({ kind: 'listen', port })
    expect(await pod.ask({ kind: 'get', url: `http://${pod.ip}:${port}/` })).toMatch(/^busy /)
    const socket = await network.dial(pod.ip, port)
    socket.destroy()
    pod.stop()
    await network.stop()

    network = before
    everywhere.close()
  })

  it('is not reached through endpoints that somebody wrote by hand', async () => {
    const secret = createServer((socket) => socket.end('the machine'))
    const port = await new Promise<number>((resolve) => {
      secret.listen(0, '127.0.0.1', () => resolve((secret.address() as { port: number }).port))
    })
    client.put(makeService('sly-svc', { clusterIP: network.claimServiceIp(), ports: [{ port: 80 }] }))
    client.put(makeSlice('sly-svc', port, ['127.0.0.1']))
    client.put(makeIngress('sly', 'sly.local', [{ path: '/', service: 'sly-svc', port: 80 }]))
    await network.settled()
    expect((await browse('/', { host: 'sly.local' })).status).toBe(503)
    await expect(caller.ask({ kind: 'connect', host: 'sly-svc', port: 80, timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    secret.close()
  })

  it('gives every cluster a range of its own', async () => {
    const other = await makePortableNetwork({ clock })
    expect(other.podCidr).not.toBe(network.podCidr)
    await other.stop()
  })
})

describe('the ingress controller', () => {
  beforeAll(async () => {
    client.put(makeIngress('web', 'taskmaster.local', [{ path: '/', service: 'web-svc', port: 8080 }]))
    await network.settled()
  })

  it('goes straight to an endpoint, and says who the client was', async () => {
    const { status, text } = await browse('/tasks?x=1')
    expect(status).toBe(200)
    expect(text).toMatch(/^web 127\.42\.\d+\.254 \/tasks\?x=1$/)
  })

  it('answers 404 for a host without rules, 503 without endpoints, 502 when they refuse', async () => {
    expect((await browse('/', { host: 'other.local' })).text).toContain('<title>404 Not Found</title>')
    client.put(makeSlice('web-svc', 80, []))
    await network.settled()
    expect(await browse('/')).toMatchObject({
      status: 503,
      text: expect.stringContaining('503 Service Temporarily Unavailable'),
    })
    client.put(makeSlice('web-svc', 81, [server.ip]))
    await network.settled()
    expect(await browse('/')).toMatchObject({ status: 502, text: expect.stringContaining('502 Bad Gateway') })
  })

  it('tries another endpoint when one refuses', async () => {
    client.put(makeSlice('web-svc', 80, [server.ip, network.claimPodIp('gone')]))
    await network.settled()
    const statuses = await Promise.all(Array.from({ length: 6 }, () => browse('/', { method: 'POST', body: 'x' })))
    expect(statuses.map(({ status }) => status)).toEqual(Array(6).fill(200))
  })

  it('answers 504 when a policy holds its packets back', async () => {
    const annotations = { 'nginx.ingress.kubernetes.io/proxy-connect-timeout': '1' }
    client.put(makeIngress('web', 'taskmaster.local', [{ path: '/', service: 'web-svc', port: 8080 }], annotations))
    client.put(makePolicy('deny', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] }))
    await network.settled()
    expect(await browse('/')).toMatchObject({ status: 504, text: expect.stringContaining('504 Gateway Time-out') })
  })

  it('answers 413 for a body above the limit', async () => {
    const annotations = { 'nginx.ingress.kubernetes.io/proxy-body-size': '1' }
    client.put(makeIngress('web', 'taskmaster.local', [{ path: '/', service: 'web-svc', port: 8080 }], annotations))
    await network.settled()
    expect((await browse('/', { method: 'POST', body: '{}' })).status).toBe(413)
    expect((await browse('/', { method: 'POST', body: '1' })).status).toBe(200)
  })

  it('serves HTTPS with the certificate of the Secret, and with its own fake one where there is none', async () => {
    const askSecurely = (servername: string) =>
      new Promise<{ issued: string; text: string }>((resolve, reject) => {
        const { host = '', port = 0 } = network.secureIngress ?? {}
        const options = {
          host,
          port,
          servername,
          rejectUnauthorized: false,
          agent: false,
          headers: { host: servername },
        }
        const outgoing = getSecurely({ ...options, path: '/x' }, (response) => {
          const issued = String((response.socket as TLSSocket).getPeerCertificate().subject.CN)
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => resolve({ issued, text }))
        })
        outgoing.on('error', reject)
      })
    const ingress = makeIngress('web', 'taskmaster.local', [{ path: '/', service: 'web-svc', port: 8080 }])
    client.put({ ...ingress, spec: { ...ingress.spec, tls: [{ hosts: ['taskmaster.local'], secretName: 'web-tls' }] } })
    await network.settled()
    const fake = await askSecurely('taskmaster.local')
    expect(fake).toMatchObject({
      issued: 'Kubernetes Ingress Controller Fake Certificate',
      text: expect.stringContaining('/x'),
    })
    expect((await browse('/')).status).toBe(200)

    const pair = issueCertificate({
      commonName: 'taskmaster.local',
      hosts: ['taskmaster.local'],
      use: 'server',
      nowMs: Date.now(),
      days: 1,
    })
    const encoded = (text: string) => Buffer.from(text).toString('base64')
    client.put({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'web-tls', namespace },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': encoded(pair.certificate), 'tls.key': encoded(pair.key) },
    })
    await network.settled()
    expect((await askSecurely('taskmaster.local')).issued).toBe('taskmaster.local')
    expect((await browse('/')).status).toBe(308)
  })

  it('writes a log that its pod can show', async () => {
    client.put(makeIngress('web', 'taskmaster.local', [{ path: '/', service: 'web-service', port: 8080 }]))
    await network.settled()
    await browse('/logged')
    const { ingressLogFile } = network
    await eventually(() => {
      const text = readFileSync(ingressLogFile, 'utf8')
      expect(text).toContain('Error obtaining Endpoints for Service "taskmaster/web-service"')
      expect(text).toMatch(
        /"GET \/logged HTTP\/1\.1" 503 \d+ "-" "-" \d+ 0\.\d{3} \[taskmaster-web-service-8080\] \[\] - - - - [0-9a-f]{32}\n$/,
      )
    })
  })

  it('answers 400 to what is no HTTP', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(network.ingress.port, network.ingress.host)
      socket.end('nonsense\r\n\r\n')
      socket.once('data', (chunk) => resolve(String(chunk)))
    })
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*<h1>400 Bad Request<\/h1>/)
  })

  it('joins an upgraded connection to an endpoint', async () => {
    client.put(makeIngress('web', 'taskmaster.local', [{ path: '/', service: 'web-svc', port: 8080 }]))
    await network.settled()
    const text = await new Promise<string>((resolve) => {
      const socket = connect(network.ingress.port, network.ingress.host)
      socket.write('GET /ws HTTP/1.1\r\nHost: taskmaster.local\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      socket.once('data', (chunk) => {
        resolve(String(chunk))
        socket.destroy()
      })
    })
    // The pod's server knows no upgrade and answers the request as it is.
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*web 127\.42\.\d+\.254 \/ws/)
  })
})
