// What BusyBox's httpd answered to the same requests, but for the dates.
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningContainer } from '../../../container-runtime.ts'
import { execute, makeRuntimeFixture, type RuntimeFixture, readLog } from '../../../runtime/runtime-fixture.ts'

let fixture: RuntimeFixture
let server: RunningContainer
const port = 26_000 + (process.pid % 4000)
const ip = '127.42.7.2'

const site = [
  'mkdir -p /www/sub /www/empty /www/cgi-bin',
  'echo hello > /www/index.html; echo sub > /www/sub/index.html; printf abcdefghij > /www/r.bin; echo t > /www/t.txt',
  'printf "#!/bin/sh\\necho Content-Type: text/plain\\necho\\necho \\$REQUEST_METHOD \\$QUERY_STRING \\$PATH_INFO \\$HTTP_X_FOO; pwd; cat\\n" > /www/cgi-bin/show',
  'printf "#!/bin/sh\\necho Status: 404 Gone away\\necho\\n" > /www/cgi-bin/status',
  'chmod +x /www/cgi-bin/*; echo x > /www/cgi-bin/plain',
].join('; ')

beforeAll(async () => {
  fixture = makeRuntimeFixture()
  server = await fixture.start({ command: ['sh', '-c', `${site}; exec httpd -f -v -p ${port} -h /www`] })
  for (let tries = 0; tries < 200 && (await ask('\r\n').catch(() => undefined)) === undefined; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})
afterAll(() => fixture.stop())

function ask(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect({ host: ip, port, allowHalfOpen: true })
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('end', () => {
      socket.end()
      resolve(text)
    })
    socket.on('error', reject)
    socket.write(request)
  })
}

const get = (path: string, ...headers: string[]) =>
  ask([`GET ${path} HTTP/1.1`, 'Host: web', ...headers, '', ''].join('\r\n'))
const statusOf = async (answer: Promise<string>) => (await answer).split('\r\n', 1)[0]
const withoutDates = (answer: string) =>
  answer.replaceAll(/(Date|Last-Modified): [A-Z].* GMT\r/g, '$1: -\r').replace(/ETag: "[0-9a-f]+-/, 'ETag: "-')

const notFound = `HTTP/1.1 404 Not Found\r
Date: -\r
Connection: close\r
Content-type: text/html\r
\r
<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>
<BODY><H1>404 Not Found</H1>
The requested URL was not found
</BODY></HTML>
`

test('serves files and index pages, with the head that BusyBox sends', async () => {
  expect(withoutDates(await get('/'))).toBe(`HTTP/1.1 200 OK\r
Date: -\r
Connection: close\r
Content-type: text/html\r
Accept-Ranges: bytes\r
Last-Modified: -\r
ETag: "-6"\r
Content-Length: 6\r
\r
hello
`)
  expect(await get('/t.txt')).toContain('Content-type: text/plain\r\n')
  expect(await get('/r.bin')).not.toContain('Content-type')
  expect(await get('/sub/')).toMatch(/\r\n\r\nsub\n$/)
  expect(withoutDates(await get('/sub?a=b'))).toBe(
    'HTTP/1.1 302 Found\r\nDate: -\r\nConnection: close\r\nContent-type: text/html\r\nLocation: /sub/?a=b\r\n\r\n',
  )
  expect(await ask('HEAD /t.txt HTTP/1.1\r\n\r\n')).toMatch(/Content-Length: 2\r\n\r\n$/)
})

test('sends parts, and nothing that the client has', async () => {
  const part = await get('/r.bin', 'Range: bytes=2-4')
  expect(part).toMatch(/^HTTP\/1\.1 206 Partial Content\r\n/)
  expect(part).toContain('Content-Range: bytes 2-4/10\r\n')
  expect(part).toMatch(/Content-Length: 3\r\n\r\ncde$/)
  expect(await get('/r.bin', 'Range: bytes=7-')).toMatch(/\r\n\r\nhij$/)
  expect(await get('/r.bin', 'Range: bytes=20-30')).toMatch(/^HTTP\/1\.1 200 OK\r\n.*abcdefghij$/s)
  const [, tag = ''] = /ETag: (\S+)/.exec(part) ?? []
  expect(await statusOf(get('/r.bin', `If-None-Match: ${tag}`))).toBe('HTTP/1.1 304 Not Modified')
})

test('refuses in BusyBox’s words', async () => {
  expect(withoutDates(await get('/nosuch'))).toBe(notFound)
  for (const path of ['/empty/', '/t.txt/', '/%00', '/t.txt%2f', '/cgi-bin/plain', '/cgi-bin/nosuch']) {
    expect(withoutDates(await get(path)), path).toBe(notFound)
  }
  for (const target of ['/../../etc/passwd', '/%2e%2e/etc/passwd', '/%zz', 'nope', 'http://h/t.txt']) {
    expect(await get(target), target).toContain('<H1>400 Bad Request</H1>\nUnsupported method\n')
  }
  expect(await get('/sub/../t.txt')).toMatch(/\r\n\r\nt\n$/)
  expect(await ask('POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n')).toContain(
    '<H1>501 Not Implemented</H1>\nThe requested method is not recognized\n',
  )
  expect(await get('/cgi-bin/')).toContain('<H1>403 Forbidden</H1>\n\n')
})

test('runs scripts', async () => {
  expect(await get('/cgi-bin/show/more?a=1', 'X-Foo: bar')).toBe(
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\n\nGET a=1 /more bar\n/www/cgi-bin\n',
  )
  expect(await ask('POST /cgi-bin/show HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody')).toMatch(/\/www\/cgi-bin\nbody$/)
  expect(await get('/cgi-bin/status')).toBe('HTTP/1.1 404 Gone away\n\n')
})

test('logs where the container’s log shows it', async () => {
  await get('/nosuch')
  const log = await readLog(server)
  expect(log).toMatch(/^\[::ffff:127\.\d+\.\d+\.\d+\]:\d+: response:200\n/)
  expect(log).toMatch(/response:404\n$/)
  expect(log).toContain("can't execute 'plain': Permission denied\n")
})

test('goes to the background as a process of the container', async () => {
  const other = port + 1
  const sh = (script: string) => execute(server, ['sh', '-c', script])
  const page = `wget -qO- http://127.0.0.1:${other}/t.txt`
  expect(await sh(`httpd -p ${other} -h /www; ps | grep -c '[h]ttpd -p ${other} -h /www$'; ${page}`)).toMatchObject({
    exitCode: 0,
    stdout: '1\nt\n',
    stderr: '',
  })
  expect(await sh(`httpd -p ${other} -h /www`)).toMatchObject({
    exitCode: 1,
    stderr: 'httpd: bind: Address already in use\n',
  })
  const { stdout } = await sh(`${page}; ps -o pid,ppid,args | grep '[h]ttpd -p'`)
  expect(stdout).toMatch(new RegExp(`^t\n\\d+ +1 +httpd -p ${other} -h /www\n$`))
  const [, pid] = /^(\d+)/m.exec(stdout.slice(2)) ?? []
  expect(await sh(`kill ${pid}; sleep 0.3; ${page}`)).toMatchObject({ exitCode: 1 })
})

test.each([
  ['httpd -f -h /nosuch', "httpd: can't change directory to '/nosuch': No such file or directory\n"],
  ['httpd -f -u nosuch', 'httpd: unknown user/group nosuch\n'],
  ['httpd -p abc', "httpd: bad address 'abc'\n"],
  ['httpd -f -c /nosuch', 'httpd: /nosuch: No such file or directory\n'],
])('says of `%s`: %s', async (line, stderr) => {
  expect(await execute(server, line.split(' '))).toMatchObject({ exitCode: 1, stderr })
})

test('is in BusyBox’s image, and not in Alpine’s', async () => {
  expect((await execute(server, ['which', 'httpd'])).stdout).toBe('/bin/httpd\n')
  const alpine = await fixture.start({ image: 'alpine', command: ['sleep', '1000'] })
  expect(await execute(alpine, ['sh', '-c', 'httpd -f'])).toMatchObject({ exitCode: 127 })
  expect(await execute(alpine, ['busybox', 'httpd'])).toMatchObject({ stderr: 'httpd: applet not found\n' })
})
