import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issueCertificate } from '../../../apiserver/tls/certificate.ts'
import type { RunningContainer } from '../../container-runtime.ts'
import { execute, makeRuntimeFixture, type RuntimeFixture } from '../../runtime/runtime-fixture.ts'

let fixture: RuntimeFixture
let container: RunningContainer
let server: Server
const port = 25_000 + (process.pid % 5000)
const ip = '127.42.7.2'

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/echo') {
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      request.on('end', () =>
        response.end(`${request.method} ${request.headers['content-type']} ${request.headers['x-a']} ${body}`),
      )
    } else if (request.url === '/moved') response.writeHead(302, { Location: '/' }).end()
    else if (request.url === '/down') response.writeHead(503).end('down\n')
    else if (request.url !== '/silent') response.end(`hello from ${request.headers.host}\n`)
  })
  await new Promise<void>((resolve) => server.listen(port, ip, resolve))
  fixture = makeRuntimeFixture({ names: { 'api.shop.svc.cluster.local': [ip] } })
  container = await fixture.start({ image: 'curlimages/curl', command: ['sleep', '1000'] })
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await fixture.stop()
})

const run = (line: string) => execute(container, ['sh', '-c', line])

test('wget says what BusyBox says', async () => {
  expect(await run(`wget -qO- http://api:${port}/`)).toMatchObject({
    exitCode: 0,
    stdout: `hello from api:${port}\n`,
    stderr: '',
  })
  expect((await run(`wget -O /dev/null http://api:${port}/`)).stderr).toMatch(
    new RegExp(`^Connecting to api:${port} \\(${ip}:${port}\\)\nsaving to '/dev/null'\n`),
  )
  expect(await run(`wget -qO- http://api:${port}/down`)).toMatchObject({
    exitCode: 1,
    stderr: 'wget: server returned error: HTTP/1.1 503 Service Unavailable\n',
  })
  expect(await run('wget -qO- http://nosuch:80/')).toMatchObject({
    exitCode: 1,
    stderr: "wget: bad address 'nosuch:80'\n",
  })
  expect(await run('wget -qO- http://api:1/')).toMatchObject({
    exitCode: 1,
    stderr: `wget: can't connect to remote host (${ip}): Connection refused\n`,
  })
  expect(await run(`wget -qO- -T 1 http://api:${port}/silent`)).toMatchObject({
    exitCode: 1,
    stderr: 'wget: download timed out\n',
  })
  expect((await run(`wget -qO- --post-data a=1 --header "X-A: b" http://api:${port}/echo`)).stdout).toBe(
    'POST application/x-www-form-urlencoded b a=1',
  )
  expect(await run(`wget --spider http://api:${port}/`)).toMatchObject({ exitCode: 0, stdout: '' })
})

test('curl says what curl says', async () => {
  expect(await run(`curl -s http://api:${port}/`)).toMatchObject({ exitCode: 0, stdout: `hello from api:${port}\n` })
  expect(await run('curl -sS http://nosuch/')).toMatchObject({
    exitCode: 6,
    stderr: 'curl: (6) Could not resolve host: nosuch\n',
  })
  const refused = await run('curl -sS http://api:1/')
  expect(refused.exitCode).toBe(7)
  expect(refused.stderr).toMatch(
    /^curl: \(7\) Failed to connect to api port 1 after \d+ ms: Could not connect to server\n$/,
  )
  expect(await run(`curl -sS -f http://api:${port}/down`)).toMatchObject({
    exitCode: 22,
    stderr: 'curl: (22) The requested URL returned error: 503\n',
  })
  expect((await run(`curl -s -o /dev/null -w "%{http_code}" http://api:${port}/down`)).stdout).toBe('503')
  expect((await run(`curl -sL http://api:${port}/moved`)).stdout).toBe(`hello from api:${port}\n`)
  expect(
    (await run(`curl -s -X PUT -H "X-A: b" -H "Content-Type: application/json" -d "{}" http://api:${port}/echo`))
      .stdout,
  ).toBe('PUT application/json b {}')
  const slow = await run(`curl -sS -m 1 http://api:${port}/silent`)
  expect(slow.exitCode).toBe(28)
  expect((await run(`curl -si http://api:${port}/`)).stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)+\r\nhello/)
})

test('ping tells of who answers, and of who does not', async () => {
  const answered = await run('ping -c 2 -i 0.1 127.42.7.1')
  expect(answered.exitCode).toBe(0)
  expect(answered.stdout).toMatch(/^PING 127\.42\.7\.1 \(127\.42\.7\.1\): 56 data bytes\n/)
  expect(answered.stdout).toMatch(/^64 bytes from 127\.42\.7\.1: seq=0 ttl=64 time=\d+\.\d{3} ms$/m)
  expect(answered.stdout).toMatch(
    /\n\n--- 127\.42\.7\.1 ping statistics ---\n2 packets transmitted, 2 packets received, 0% packet loss\nround-trip min\/avg\/max = [\d.]+\/[\d.]+\/[\d.]+ ms\n$/,
  )
  expect((await run('ping -c1 -q localhost')).stdout).toMatch(/^PING localhost \(127\.0\.0\.1\): 56 data bytes\n\n---/)
  expect(await run('ping -c 1 -W 0.1 127.42.7.9')).toMatchObject({
    exitCode: 1,
    stdout:
      'PING 127.42.7.9 (127.42.7.9): 56 data bytes\n\n--- 127.42.7.9 ping statistics ---\n1 packets transmitted, 0 packets received, 100% packet loss\n',
  })
  expect(await run('ping nosuch')).toMatchObject({ exitCode: 1, stderr: "ping: bad address 'nosuch'\n" })
  expect((await run('ping 127.42.7.1 & sleep 0.3; kill -INT $!; wait $!; echo $?')).stdout).toMatch(
    /1 packets transmitted, 1 packets received, 0% packet loss\n.*\n0\n$/,
  )
})

test('telnet and traceroute', async () => {
  // Alpine leaves telnet to a package of extras.
  expect((await run('telnet api 1')).stderr).toBe('sh: telnet: not found\n')
  const box = await fixture.start({ command: ['sleep', '1000'] })
  const inBox = (line: string) => execute(box, ['sh', '-c', line])
  expect(await inBox('telnet api 1')).toMatchObject({
    exitCode: 1,
    stderr: `telnet: can't connect to remote host (${ip}): Connection refused\n`,
  })
  const talked = await inBox(`(printf 'GET / HTTP/1.0\\nHost: api\\n\\n'; sleep 2) | telnet api ${port}`)
  expect(talked.stdout).toMatch(/^Connected to api\nHTTP\/1\.1 200 OK\r\n/)
  expect(talked.stdout).toMatch(/hello from api\nConnection closed by foreign host\n$/)
  expect((await inBox('traceroute -n 127.42.7.3')).stdout).toMatch(
    /^traceroute to 127\.42\.7\.3 \(127\.42\.7\.3\), 30 hops max, 38 byte packets\n 1 {2}127\.42\.7\.3(?: {2}\d+\.\d{3} ms){3}\n$/,
  )
  expect((await inBox('traceroute -m 1 -q 2 -w 0.01 127.42.7.9')).stdout).toMatch(/\n 1 {2}\* {2}\*\n$/)
})

test('nslookup, getent and nc tell of names and ports', async () => {
  expect((await run('nslookup api')).stdout).toBe(
    `Server:\t\t127.43.7.10\nAddress:\t127.43.7.10:53\n\nName:\tapi.shop.svc.cluster.local\nAddress: ${ip}\n\n`,
  )
  expect(await run('nslookup nosuch')).toMatchObject({
    exitCode: 1,
    stdout:
      "Server:\t\t127.43.7.10\nAddress:\t127.43.7.10:53\n\n** server can't find nosuch.shop.svc.cluster.local: NXDOMAIN\n\n",
  })
  expect((await run('getent hosts api')).stdout).toMatch(/^127\.42\.7\.2 +api\n$/)
  expect(await run(`nc -zv api ${port}`)).toMatchObject({ exitCode: 0, stderr: `api (${ip}:${port}) open\n` })
  expect(await run('nc -zv -w 1 api 1')).toMatchObject({
    exitCode: 1,
    stderr: `nc: api (${ip}:1): Connection refused\n`,
  })
})

test('curl trusts the authority that it is given', async () => {
  const request = { nowMs: Date.now(), days: 1 }
  const authority = issueCertificate({ ...request, commonName: 'ca', use: 'authority' })
  const own = issueCertificate({ ...request, commonName: 'api', hosts: ['api'], use: 'server' }, authority)
  const secure = createSecureServer({ cert: own.certificate, key: own.key }, (_, response) => response.end('safe\n'))
  await new Promise<void>((resolve) => secure.listen(port + 1, ip, resolve))
  const url = `https://api:${port + 1}/`
  try {
    await run(`echo '${authority.certificate}' > /tmp/ca.crt`)
    expect(await run(`curl -sS --cacert /tmp/ca.crt ${url}`)).toMatchObject({ exitCode: 0, stdout: 'safe\n' })
    expect(await run(`curl -sS ${url}`)).toMatchObject({ exitCode: 60 })
    expect(await run(`curl -sS --cacert /tmp/none.crt ${url}`)).toMatchObject({
      exitCode: 77,
      stderr: 'curl: (77) error adding trust anchors from file: /tmp/none.crt\n',
    })
  } finally {
    secure.close()
  }
})

test('the image of curl takes its arguments as curl does', async () => {
  const once = await fixture.start({ image: 'curlimages/curl', args: ['-s', `http://api:${port}/`] })
  expect(await once.exited).toMatchObject({ exitCode: 0 })
  const shell = await fixture.start({ image: 'curlimages/curl', args: ['sh', '-c', 'exit 6'] })
  expect(await shell.exited).toMatchObject({ exitCode: 6 })
})
