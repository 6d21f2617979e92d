import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../testing/ask.ts'
import { runImage } from '../testing/run-image.ts'
import { imageOf } from '../testing/start-backend.ts'
import { makeServer } from './server.ts'

let root: string
let server: Server
let base: string
const text = { out: '', errors: '' }
const collect = (name: 'out' | 'errors') =>
  new Writable({
    write(chunk, _encoding, done) {
      text[name] += chunk
      done()
    },
  })

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'site-'))
  writeFileSync(join(root, 'index.html'), '<h1>hello</h1>')
  utimesSync(join(root, 'index.html'), 1_700_000_000, 1_700_000_000)
  mkdirSync(join(root, 'empty'))
  writeFileSync(join(root, '..', 'secret.txt'), 'no')
  server = makeServer({ root, out: collect('out'), errors: collect('errors') })
  base = await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`))
  })
})
afterAll(() => {
  server.close()
  rmSync(root, { recursive: true })
})

describe('the static server', () => {
  it('serves the index with what a cache needs', async () => {
    const { status, text: page, headers } = await ask(base, 'GET', '/')
    expect({ status, page }).toEqual({ status: 200, page: '<h1>hello</h1>' })
    expect(headers).toMatchObject({
      server: 'nginx/1.27.5',
      'content-type': 'text/html',
      'last-modified': 'Tue, 14 Nov 2023 22:13:20 GMT',
      etag: '"6553f100-e"',
      'accept-ranges': 'bytes',
    })
    expect((await ask(base, 'GET', '/', { headers: { 'if-none-match': '"6553f100-e"' } })).status).toBe(304)
    expect(await ask(base, 'HEAD', '/')).toMatchObject({ status: 200, text: '' })
  })

  it('serves a part of a file', async () => {
    const part = await ask(base, 'GET', '/index.html', { headers: { range: 'bytes=4-8' } })
    expect(part).toMatchObject({ status: 206, text: 'hello', headers: { 'content-range': 'bytes 4-8/14' } })
    expect((await ask(base, 'GET', '/index.html', { headers: { range: 'bytes=99-' } })).status).toBe(416)
  })

  it('answers as nginx does where there is nothing to serve', async () => {
    const missing = await ask(base, 'GET', '/api/health')
    expect(missing.status).toBe(404)
    expect(missing.text).toContain('<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/1.27.5</center>')
    expect((await ask(base, 'GET', '/empty/')).status).toBe(403)
    expect(await ask(base, 'GET', '/empty')).toMatchObject({
      status: 301,
      headers: { location: `http://${base.slice(7)}/empty/` },
    })
    expect((await ask(base, 'POST', '/api/tasks', { body: {} })).status).toBe(405)
    expect((await ask(base, 'GET', '/%zz')).status).toBe(400)
  })

  it('serves nothing above its root', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/empty/..%2f..%2fsecret.txt']) {
      expect((await ask(base, 'GET', path)).text).not.toBe('no')
    }
  })

  it('writes the access and error log of nginx', async () => {
    text.out = text.errors = ''
    await ask(base, 'GET', '/missing', {
      headers: { 'user-agent': 'te"st', 'x-forwarded-for': '10.0.0.1' },
      host: 'taskmaster.local',
    })
    expect(text.out).toMatch(
      /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/missing HTTP\/1\.1" 404 153 "-" "te\\x22st" "10\.0\.0\.1"\n$/,
    )
    expect(text.errors).toMatch(
      /\[error\] 1#1: \*\d+ open\(\) "\/usr\/share\/nginx\/html\/missing" failed \(2: No such file or directory\), client: 127\.0\.0\.1, server: localhost, request: "GET \/missing HTTP\/1\.1", host: "taskmaster\.local"\n$/,
    )
  })
})

describe('the frontend image', () => {
  it('cannot start on a read-only root filesystem', async () => {
    const frontend = await runImage(imageOf('frontend'), { readOnly: ['/'] })
    expect(await frontend.exited).toBe(1)
    expect(frontend.output()).toContain(
      'nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)',
    )
    frontend.remove()
  })

  it('refuses an option that nginx does not have', async () => {
    const frontend = await runImage(imageOf('frontend'), { argv: ['nginx', '--port', '81'] })
    expect(await frontend.exited).toBe(1)
    expect(frontend.output()).toContain('nginx: [emerg] invalid option: "--port"')
    frontend.remove()
  })
})
