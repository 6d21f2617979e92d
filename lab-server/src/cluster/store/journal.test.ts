import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../objects/types.ts'
import { openStore } from './store.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'store-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function object(name: string, data: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

function journalFile(): string {
  const [name = ''] = readdirSync(dir).filter((file) => file.startsWith('journal-'))
  return join(dir, name)
}

function fill(count: number): void {
  const store = openStore({ dir })
  for (let index = 0; index < count; index += 1) store.create('configmaps', `${index}`, object(`${index}`))
  store.stop()
}

describe('journal', () => {
  it('brings back objects, removals and the revision', () => {
    const store = openStore({ dir })
    const one = store.create('configmaps', 'one', object('one'))
    store.create('configmaps', 'two', object('two', { x: '1' }))
    store.remove('configmaps', 'one', one.metadata.resourceVersion ?? '')
    const revision = store.revision()
    store.stop()

    const again = openStore({ dir })
    expect(again.revision()).toBe(revision)
    expect(again.list('configmaps')).toEqual([expect.objectContaining({ data: { x: '1' } })])
    expect(Number(again.create('configmaps', 'three', object('three')).metadata.resourceVersion)).toBe(revision + 1)
    again.stop()
  })

  it('forgets a last line that a crash tore, wherever it was torn', () => {
    fill(3)
    const whole = readFileSync(journalFile())
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1
    for (let size = lastLine; size < whole.length; size += 7) {
      writeFileSync(journalFile(), whole)
      truncateSync(journalFile(), size)
      const store = openStore({ dir })
      expect(store.list('configmaps').map(({ metadata }) => metadata.name)).toEqual(['0', '1'])
      store.create('configmaps', 'next', object('next'))
      store.stop()
      const again = openStore({ dir })
      expect(again.count('configmaps')).toBe(3)
      again.stop()
    }
  })

  it('refuses a journal that is damaged in the middle', () => {
    fill(3)
    const text = readFileSync(journalFile(), 'utf8')
    writeFileSync(journalFile(), text.replace('"configmaps"', '"configm'))
    expect(() => openStore({ dir })).toThrow(/is damaged: at byte \d+: .* Restore the folder from a copy/)
  })

  it('notices a record that is missing from the middle', () => {
    fill(4)
    const lines = readFileSync(journalFile(), 'utf8').split('\n')
    writeFileSync(journalFile(), lines.toSpliced(1, 1).join('\n'))
    expect(() => openStore({ dir })).toThrow(/is damaged: revision 3 is missing/)
  })

  it('replaces a long journal by a snapshot of the present', () => {
    const store = openStore({ dir })
    const big = 'x'.repeat(20_000)
    let stored = store.create('configmaps', 'one', object('one'))
    store.create('secrets', 'kept', object('kept'))
    for (let index = 0; index < 600; index += 1) {
      stored = store.update(
        'configmaps',
        'one',
        object('one', { big, index: `${index}` }),
        stored.metadata.resourceVersion ?? '',
      )
    }
    const revision = store.revision()
    store.stop()
    const files = readdirSync(dir)
    expect(files.some((file) => file.startsWith('snapshot-'))).toBe(true)
    expect(files.filter((file) => file.startsWith('journal-'))).toHaveLength(1)
    const again = openStore({ dir })
    expect(again.revision()).toBe(revision)
    expect(again.find('configmaps', 'one')).toMatchObject({ data: { index: '599' } })
    expect(again.find('secrets', 'kept')).toBeDefined()
    again.stop()
  })

  it('keeps the very write that made the journal long enough for a snapshot', () => {
    const store = openStore({ dir })
    const big = 'x'.repeat(20_000)
    let count = 0
    while (!readdirSync(dir).some((file) => file.startsWith('snapshot-'))) {
      store.create('configmaps', `${count}`, object(`${count}`, { big }))
      count += 1
    }
    store.stop()
    const again = openStore({ dir })
    expect(again.count('configmaps')).toBe(count)
    again.stop()
  })

  it('reads on from the older files when a crash left a half-written snapshot', () => {
    fill(5)
    writeFileSync(join(dir, 'snapshot.tmp'), '{"r":1,"b":"configm')
    appendFileSync(join(dir, 'journal-9999999999999999.jsonl'), '')
    const store = openStore({ dir })
    expect(store.count('configmaps')).toBe(5)
    store.stop()
  })

  it('has every acknowledged write after kill -9', async () => {
    const script = `
      import { openStore } from ${JSON.stringify(new URL('store.ts', import.meta.url).href)}
      const store = openStore({ dir: ${JSON.stringify(dir)} })
      for (let i = 0; ; i++) {
        store.create('configmaps', String(i).padStart(8, '0'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: String(i) } })
        process.stdout.write(i + '\\n')
        if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    const enough = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        output += chunk
        if (output.length > 20_000) resolve()
      })
    })
    await enough
    const ended = new Promise((resolve) => child.on('close', resolve))
    child.kill('SIGKILL')
    await ended
    const acknowledged = output.slice(0, output.lastIndexOf('\n')).split('\n').length
    const store = openStore({ dir })
    expect(store.count('configmaps')).toBeGreaterThanOrEqual(acknowledged)
    store.stop()
  })
})
