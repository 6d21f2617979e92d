import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { installPages } from './pages.ts'

const uiDir = mkdtempSync(join(tmpdir(), 'lab-pages-'))
afterEach(() => rmSync(uiDir, { recursive: true, force: true }))

it('sends a page anew where only its time and size are those of an older lab', async () => {
  mkdirSync(join(uiDir, 'assets'))
  const index = join(uiDir, 'index.html')
  const pageOf = (hash: string) => `<script src="/assets/index-${hash}.js"></script>`
  const write = (hash: string) => {
    writeFileSync(index, pageOf(hash))
    utimesSync(index, 0, 0)
  }
  const app = Fastify()
  write('aaaaaaaa')
  installPages(app, { uiDir, appDomain: 'app.localhost' })
  const old = await app.inject({ url: '/' })
  expect(old.body).toBe(pageOf('aaaaaaaa'))
  write('bbbbbbbb')

  const { etag = 'W/"0"', 'last-modified': modified = 'Thu, 01 Jan 1970 00:00:00 GMT' } = old.headers
  const headers = { 'if-none-match': String(etag), 'if-modified-since': String(modified) }
  const fresh = await app.inject({ url: '/', headers })
  await app.close()

  expect({ status: fresh.statusCode, page: fresh.body }).toEqual({ status: 200, page: pageOf('bbbbbbbb') })
})
