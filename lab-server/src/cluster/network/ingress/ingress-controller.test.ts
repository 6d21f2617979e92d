import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { get as getSecurely } from 'node:https'
import { connect, createServer } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { issueCertificate } from '../../apiserver/tls/certificate.ts'
import type { FakeClient } from '../../controllers/testing/fake-client.ts'
import type { ClusterNetwork } from '../cluster-network.ts'
import { findLevels } from '../testing/levels.ts'
import { makeIngress, makePolicy, makeService, makeSlice, namespace } from '../testing/objects.ts'
import { startTestNetwork, type TestNetwork, type TestPod } from '../testing/pods.ts'

const { levels, stop } = await findLevels()
let lab: TestNetwork
let client: FakeClient
let network: ClusterNetwork
let server: TestPod
afterAll(stop)

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

describe.each(levels.filter(({ missing }) => !missing))('the ingress controller at the $level level', (level) => {
  let ingressIp: string
  beforeAll(async () => {
    const underlay = await level.makeUnderlay()
    ;({ ingressIp } = underlay)
    lab = await startTestNetwork(underlay)
    ;({ client, network, server } = lab)
    client.put(makeIngress('web', 'taskmaster.local', [{ path: '/', service: 'web-svc', port: 8080 }]))
    await network.settled()
  }, 60_000)
  afterEach(() => lab.repair())
  afterAll(() => lab.stop())

  it('goes straight to an endpoint, and says who the client was', async () => {
    const { status, text } = await browse('/tasks?x=1')
    expect(status).toBe(200)
    expect(text).toBe(`web ${ingressIp} /tasks?x=1`)
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
    client.put(makeSlice('web-svc', 80, [server.ip, lab.node.claimPodIp('gone')]))
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
        const { host, port } = network.secureIngress
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
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(text).toContain(`web ${ingressIp} /ws`)
  })

  it('does not lead to servers of the machine, though somebody wrote endpoints by hand', async () => {
    const secret = createServer((socket) => socket.end('the machine'))
    const port = await new Promise<number>((resolve) => {
      secret.listen(0, '127.0.0.1', () => resolve((secret.address() as { port: number }).port))
    })
    client.put(makeService('sly-svc', { clusterIP: network.claimServiceIp(), ports: [{ port: 80 }] }))
    client.put(makeSlice('sly-svc', port, ['127.0.0.1']))
    client.put(makeIngress('sly', 'sly.local', [{ path: '/', service: 'sly-svc', port: 80 }]))
    await network.settled()
    expect((await browse('/', { host: 'sly.local' })).status).toBe(503)
    await expect(lab.caller.ask({ kind: 'connect', host: 'sly-svc', port: 80, timeoutMs: 1000 })).rejects.toMatchObject(
      {
        code: 'ECONNREFUSED',
      },
    )
    secret.close()
  })
})
