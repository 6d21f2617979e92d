import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRecordings } from './recordings.ts'
import type { RunningShell, ShellEvents } from './running-shell.ts'
import { makeTerminal, type Viewer } from './terminal.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recordings-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const path = () => join(folder, 'a1.cast')
const lines = async () =>
  (await readFile(path(), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
const ignore = () => {}

/** A terminal whose shell is this test. */
async function recordedTerminal(flow: Partial<RunningShell> = {}) {
  const recordings = openRecordings(folder)
  const started = Promise.withResolvers<ShellEvents>()
  const shell: RunningShell = {
    write: ignore,
    resize: ignore,
    pause: ignore,
    resume: ignore,
    stop: async () => {},
    ...flow,
  }
  const terminal = makeTerminal({
    record: (size, onDrained) => recordings.start('a1', size, onDrained),
    async startShell(_size, events) {
      started.resolve(events)
      return shell
    },
  })
  const restored = Promise.withResolvers<void>()
  const viewer: Viewer = {
    restore: () => restored.resolve(),
    write: ignore,
    isBehind: () => false,
    exited: ignore,
    resized: ignore,
  }
  terminal.addViewer(viewer)
  await restored.promise
  return { terminal, say: (await started.promise).onOutput, recordings }
}

test('a recording has a header and what the terminal showed, with its sizes', async () => {
  const { terminal, say, recordings } = await recordedTerminal()
  say('student@lab:~$ ls\r\n')
  terminal.resize(120, 40)
  say('é €\r\n')
  await terminal.stop()

  const [header, ...events] = await lines()
  expect(header).toMatchObject({ version: 2, width: 80, height: 24, timestamp: expect.any(Number) })
  expect(events.map(([, code, data]) => [code, data])).toEqual([
    ['o', 'student@lab:~$ ls\r\n'],
    ['r', '120x40'],
    ['o', 'é €\r\n'],
  ])
  const times = events.map(([at]) => at)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const stream = recordings.read('a1')
  expect(stream && (await text(stream))).toBe(await readFile(path(), 'utf8'))
})

test('a recording that an earlier run of the lab began goes on, with its times', async () => {
  const began = Math.floor(Date.now() / 1000) - 3600
  await writeFile(
    path(),
    `${JSON.stringify({ version: 2, width: 80, height: 24, timestamp: began })}\n[1,"o","before"]\n`,
  )
  const { terminal, say } = await recordedTerminal()
  say('after')
  await terminal.stop()

  const [header, ...events] = await lines()
  expect(header.timestamp).toBe(began)
  expect(events.map(([, code, data]) => [code, data])).toEqual([
    ['o', 'before'],
    ['r', '80x24'],
    ['o', 'after'],
  ])
  expect(events.at(-1)[0]).toBeGreaterThanOrEqual(3600)
})

test.skipIf(!existsSync('/dev/full'))('a full disk ends the recording, not the terminal', async () => {
  await symlink('/dev/full', path())
  const resumed = Promise.withResolvers<void>()
  let pauses = 0
  const { terminal, say } = await recordedTerminal({
    pause() {
      pauses += 1
    },
    resume: () => resumed.resolve(),
  })
  // More than may wait for a disk; it may have said already that it is full.
  say('x'.repeat(1_500_000))
  if (pauses > 0) await resumed.promise
  const before = pauses
  say('x'.repeat(1_500_000))
  expect(pauses).toBe(before)
  await terminal.stop()
})

test('nobody else on the machine can read a recording', async () => {
  const { terminal } = await recordedTerminal()
  await terminal.stop()
  expect((await stat(path())).mode & 0o077).toBe(0)
})

test('an attempt without a recording has none, and a path is not an attempt id', () => {
  const recordings = openRecordings(folder)
  expect(recordings.read('a2')).toBeUndefined()
  expect(() => recordings.read('../a1')).toThrow('not an attempt id')
})
