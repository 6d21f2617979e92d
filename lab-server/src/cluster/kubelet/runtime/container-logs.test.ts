import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeVirtualClock, type VirtualClock } from '../../virtual-clock.ts'
import { type LogWriter, openLogWriter, rotatedPath } from './container-logs.ts'
import { makeLogBuffer } from './log-reader.ts'

let folder: string
let clock: VirtualClock
let log: LogWriter

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logs-'))
  clock = makeVirtualClock(Date.parse('2026-11-23T02:40:11.013Z'))
  log = openLogWriter(join(folder, 'c.log'), clock)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function read(options: Parameters<ReturnType<typeof makeLogBuffer>['read']>[0] = {}): Promise<string[]> {
  const lines: string[] = []
  for await (const line of makeLogBuffer(log).read(options)) lines.push(line)
  return lines
}

test('stamps each line, and marks an unfinished last one as partial', async () => {
  log.write('stdout', Buffer.from('one\ntw'))
  log.write('stderr', Buffer.from('oops\n'))
  log.write('stdout', Buffer.from('o\nend'))
  log.end()

  expect(readFileSync(log.path, 'utf8')).toBe(
    [
      '2026-11-23T02:40:11.013000000Z stdout F one',
      '2026-11-23T02:40:11.013000000Z stderr F oops',
      '2026-11-23T02:40:11.013000000Z stdout F two',
      '2026-11-23T02:40:11.013000000Z stdout P end',
      '',
    ].join('\n'),
  )
  expect(await read()).toEqual(['one\n', 'oops\n', 'two\n', 'end'])
  expect(await read({ timestamps: true, tailLines: 2 })).toEqual([
    '2026-11-23T02:40:11.013000000Z two\n',
    '2026-11-23T02:40:11.013000000Z end',
  ])
})

test('reads from an instant, the last lines, and up to a number of bytes', async () => {
  log.write('stdout', Buffer.from('a\n'))
  await clock.advance(5000)
  log.write('stdout', Buffer.from('b\nc\n'))
  log.end()

  expect(await read({ sinceMs: clock.now() - 1000 })).toEqual(['b\n', 'c\n'])
  expect(await read({ tailLines: 1 })).toEqual(['c\n'])
  expect(await read({ tailLines: 0 })).toEqual([])
  expect(await read({ tailLines: 99 })).toEqual(['a\n', 'b\n', 'c\n'])
  expect((await read({ limitBytes: 3 })).join('')).toBe('a\nb')
})

test('follows what is written until the container ends', async () => {
  log.write('stdout', Buffer.from('a\n'))
  const following = read({ follow: true })
  await new Promise((resolve) => setImmediate(resolve))
  log.write('stdout', Buffer.from('b\n'))
  log.end()
  expect(await following).toEqual(['a\n', 'b\n'])
})

test('stops following when the reader goes away', async () => {
  const controller = new AbortController()
  const following = read({ follow: true, signal: controller.signal })
  controller.abort()
  expect(await following).toEqual([])
})

test('keeps no more than twice ten megabytes, and reads across the rotation', async () => {
  const line = Buffer.from(`${'x'.repeat(1000)}\n`)
  for (let count = 0; count < 25_000; count += 1) log.write('stdout', line)
  log.write('stdout', Buffer.from('last\n'))
  log.end()

  expect(statSync(log.path).size + statSync(rotatedPath(log.path)).size).toBeLessThan(21 * 1024 * 1024)
  expect((await read({ tailLines: 12_000 })).length).toBe(12_000)
  expect((await read()).at(-1)).toBe('last\n')
})
