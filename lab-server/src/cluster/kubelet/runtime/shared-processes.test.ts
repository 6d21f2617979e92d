// Containers that see each other's processes: of a pod that shares them, and of `kubectl debug --target`.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProcessSharing, RunningContainer } from '../container-runtime.ts'
import { execute, makeRuntimeFixture, type RuntimeFixture } from './runtime-fixture.ts'

let fixture: RuntimeFixture
const pod: ProcessSharing = { sharedWith: 'pod', pauseUser: 65_535 }

beforeAll(() => {
  fixture = makeRuntimeFixture()
})
afterAll(() => fixture.stop())

const sh = (container: RunningContainer, script: string) => execute(container, ['sh', '-c', script])

test('shows the processes of all containers of a pod, below the pause container’s', async () => {
  const shared = { podUid: 'sharing', processes: pod }
  const first = await fixture.start({
    ...shared,
    containerName: 'first',
    command: ['sleep', '1000'],
    env: { A: 'one' },
  })
  const second = await fixture.start({ ...shared, containerName: 'second', command: ['sh', '-c', 'sleep 2000; :'] })
  const other = await fixture.start({ podUid: 'other', command: ['sleep', '3000'] })

  const { stdout } = await sh(second, 'sleep 0.2; ps')
  expect(stdout).toMatch(/^PID .*\n {4}1 65535 {5}0:00 \/pause\n {4}7 root {6}0:00 sleep 1000\n/)
  expect(stdout).toMatch(/13 root {6}0:00 sh -c sleep 2000; :\n/)
  expect(stdout).toMatch(/\d root {6}0:00 sleep 2000\n/)
  expect(stdout).not.toContain('sleep 3000')
  expect((await sh(other, 'ps')).stdout).not.toContain('pause')

  expect((await sh(second, 'tr "\\0" " " < /proc/7/cmdline; cat /proc/7/comm')).stdout).toBe('sleep 1000 sleep\n')
  expect((await sh(second, 'tr "\\0" "\\n" < /proc/7/environ | grep A=')).stdout).toBe('A=one\n')
  await sh(first, 'echo hers > /tmp/file')
  expect((await sh(second, 'cd /proc/7/root/tmp && cat file; ls; echo more >> file')).stdout).toBe('hers\nfile\n')
  expect((await sh(second, 'cp /proc/7/root/tmp/file /tmp/copy; cat /tmp/copy; ls /tmp')).stdout).toBe(
    'hers\nmore\ncopy\n',
  )
  expect(await sh(second, 'ls /proc/1/root/')).toMatchObject({ exitCode: 1 })

  expect(await sh(second, 'kill 1; kill -9 1; kill -0 7; kill 7')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await first.exited).toMatchObject({ exitCode: 143 })
  expect((await sh(second, 'ps')).stdout).not.toContain('sleep 1000')
})

test('lets an ordinary user neither signal the others nor look into them', async () => {
  const shared = { podUid: 'users', processes: pod }
  await fixture.start({ ...shared, containerName: 'root', command: ['sleep', '1000'] })
  const user = await fixture.start({ ...shared, containerName: 'user', command: ['sleep', '2000'], user: 1000 })
  expect(await sh(user, 'kill 7; kill 1')).toMatchObject({
    exitCode: 1,
    stderr: "sh: can't kill pid 7: Operation not permitted\nsh: can't kill pid 1: Operation not permitted\n",
  })
  expect((await sh(user, 'cat /proc/7/root/etc/hostname; cat /proc/7/environ')).stderr).toBe(
    "cat: can't open '/proc/7/root/etc/hostname': Permission denied\ncat: can't open '/proc/7/environ': Permission denied\n",
  )
  expect((await sh(user, 'cat /proc/13/root/etc/hostname')).stdout).toBe('pod\n')

  const tracer = await fixture.start({ ...shared, containerName: 'tracer', command: ['sleep', '3000'], canTrace: true })
  expect((await sh(tracer, 'cat /proc/13/root/etc/hostname')).stdout).toBe('pod\n')
})

test('joins the processes of a container, and ends with its first', async () => {
  const target = await fixture.start({
    podUid: 'target',
    containerName: 'app',
    command: ['sh', '-c', 'trap "exit 3" TERM; while :; do sleep 0.05; done'],
  })
  const processes: ProcessSharing = { sharedWith: { container: 'app' } }
  const debug = await fixture.start({ podUid: 'target', containerName: 'debug', command: ['sleep', '500'], processes })
  const { stdout } = await sh(debug, 'ps -o pid,ppid,args')
  expect(stdout).toMatch(/\n1 {5}0 {5}sh -c trap/)
  expect(stdout).toMatch(/\n\d+ +0 +sleep 500\n/)
  expect((await sh(target, 'ps')).stdout).toContain('sleep 500')
  const pids = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(' ')[0])
  expect(new Set(pids).size).toBe(pids.length)

  expect((await sh(debug, 'kill -9 1; sleep 0.2; kill -0 1; echo $?')).stdout).toBe('0\n')
  await sh(debug, 'kill 1')
  expect(await target.exited).toMatchObject({ exitCode: 3 })
  expect(await debug.exited).toMatchObject({ exitCode: 137 })
  await expect(
    fixture.start({ podUid: 'target', containerName: 'late', command: ['sleep', '1'], processes }),
  ).rejects.toThrow('invalid target container')
})
