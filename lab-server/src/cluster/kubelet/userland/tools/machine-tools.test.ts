import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningContainer } from '../../container-runtime.ts'
import { execute, makeRuntimeFixture, type RuntimeFixture } from '../../runtime/runtime-fixture.ts'

let fixture: RuntimeFixture
let container: RunningContainer

beforeAll(async () => {
  fixture = makeRuntimeFixture()
  container = await fixture.start({ command: ['sleep', '1000'], memoryLimitBytes: 64 * 1024 * 1024 })
})
afterAll(() => fixture.stop())

const sh = async (line: string) => (await execute(container, ['sh', '-c', line])).stdout

test('a container sees the memory and the load of its node', async () => {
  const [, total, used, free, , cached] = /^Mem: +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +\d+$/m.exec(await sh('free')) ?? []
  expect(Number(total) * 1024).toBe(totalmem())
  expect(Number(used) + Number(free) + Number(cached)).toBe(Number(total))
  expect(await sh('uptime')).toMatch(
    /^ \d\d:\d\d:\d\d up .+, {2}0 users, {2}load average: \d+\.\d\d, \d+\.\d\d, \d+\.\d\d\n$/,
  )
  const minutes = Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) / 60
  expect(Number.parseFloat(await sh('cat /proc/uptime')) / 60).toBeCloseTo(minutes, 0)
  expect(await sh('df -h /')).toMatch(
    /^Filesystem +Size +Used Available Use% Mounted on\noverlay +[\d.]+[MGT] +[\d.]+[KMGT]? +[\d.]+[KMGT]? +\d+% \/\n/,
  )
})

test('calendars', async () => {
  expect(await sh('cal 2 2024')).toBe(
    '   February 2024\nSu Mo Tu We Th Fr Sa\n             1  2  3\n 4  5  6  7  8  9 10\n11 12 13 14 15 16 17\n18 19 20 21 22 23 24\n25 26 27 28 29\n',
  )
})

test('processes as a tree', async () => {
  expect(await sh('sleep 5 & sleep 5 & sleep 0.1; pstree; kill %1 %2')).toMatch(/sh-\+-sleep\n/)
})
