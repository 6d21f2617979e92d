import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeClock } from '../clock.ts'
import type { KubeObject } from '../objects/types.ts'
import { startApiServer } from './start-api-server.ts'
import { configMap, startTestServer, type TestServer } from './testing/test-server.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'kept-objects-'))
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ dataDir })
})
afterAll(() => rmSync(dataDir, { recursive: true }))

function treesOf(object: KubeObject | undefined): unknown[] {
  return (object?.metadata.managedFields ?? []).map(({ fieldsV1 }) => fieldsV1)
}

function stored(name: string): KubeObject | undefined {
  return server.registry.core.store.find('configmaps', `test/${name}`)
}

function expectSameTrees(a: KubeObject | undefined, b: KubeObject | undefined): void {
  expect(treesOf(a).length).toBeGreaterThan(0)
  for (const [index, tree] of treesOf(a).entries()) expect(treesOf(b)[index]).toBe(tree)
}

describe('kept objects', () => {
  it('share their managed fields, however they were written', async () => {
    const path = '/api/v1/namespaces/test/configmaps'
    for (const name of ['a', 'b']) await server.call('POST', path, { body: configMap(name, { color: 'red' }) })
    expectSameTrees(stored('a'), stored('b'))
    const headers = { 'content-type': 'application/merge-patch+json' }
    for (const name of ['a', 'b']) {
      await server.call('PATCH', `${path}/${name}`, {
        headers: { ...headers, 'user-agent': 'painter' },
        body: { data: { color: name } },
      })
    }
    expect(treesOf(stored('a'))).toHaveLength(2)
    expectSameTrees(stored('a'), stored('b'))
  })

  it('share them still after a restart', async () => {
    await server.stop()
    const again = await startApiServer({ dataDir, clock: makeClock() })
    const { store } = again.registry.core
    expectSameTrees(store.find('configmaps', 'test/a'), store.find('configmaps', 'test/b'))
    await again.stop()
  })
})
