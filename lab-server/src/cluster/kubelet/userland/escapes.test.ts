// What a student must not be able to do from inside a container.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RunningContainer } from '../container-runtime.ts'
import { execute, makeRuntimeFixture, type RuntimeFixture } from '../runtime/runtime-fixture.ts'

let fixture: RuntimeFixture
let container: RunningContainer
let volume: string
let secret: string

beforeAll(async () => {
  vi.stubEnv('LAB_INSTRUCTOR_TOKEN', 'token-of-the-server')
  fixture = makeRuntimeFixture()
  secret = join(fixture.dataDir, 'outside')
  writeFileSync(secret, 'outside the container')
  volume = join(fixture.dataDir, 'shared')
  mkdirSync(volume)
  container = await fixture.start({
    command: ['sleep', '1000'],
    mounts: [{ containerPath: '/data', hostPath: volume, readOnly: false }],
  })
})
afterAll(() => {
  vi.unstubAllEnvs()
  return fixture.stop()
})

const sh = (script: string) => execute(container, ['sh', '-c', script])

test('dots do not lead out', async () => {
  expect((await sh('cat ../../../../../../../../etc/passwd /data/../../../etc/passwd')).stdout).not.toContain(
    '/usr/sbin/nologin',
  )
  expect((await sh(`cat ${secret}`)).exitCode).toBe(1)
  expect((await sh('cd /data/..; pwd; ls')).stdout).toMatch(/^\/\n.*\bdata\b/s)
})

test('links that a container makes stay inside it, for its neighbours on the host, too', async () => {
  await sh(`ln -s /etc/passwd /data/link; ln -s ${secret} /data/out; ln -s ../../outside /data/up; ln -s / /tmp/root`)
  expect((await sh('cat /data/link')).stdout).toMatch(/^root:x:0:0:root:\/root:\/bin\/sh\n/)
  expect((await sh('cat /data/out /data/up /tmp/root/../../outside')).stdout).toBe('')
  // A process of the host that serves the volume sees no link to follow.
  expect(readFileSync(join(volume, 'link'), 'utf8')).toBe('!<symlink>/etc/passwd')
})

test('links of the host in a volume lead nowhere but into the container', async () => {
  symlinkSync(secret, join(volume, 'planted'))
  symlinkSync('..', join(volume, 'parent'))
  expect((await sh('cat /data/planted; ls /data/parent/outside; cat /data/parent/outside')).stdout).toBe('')
  await sh('echo broken > /data/planted')
  expect(readFileSync(secret, 'utf8')).toBe('outside the container')
})

test('an archive cannot write outside', async () => {
  await sh(
    'mkdir -p /tmp/in; echo evil > /tmp/in/f; cd /tmp/in; tar cf /tmp/x.tar f; sed -i s/f/f/ /tmp/x.tar 2>/dev/null; tar xf /tmp/x.tar -C /tmp/../../../..',
  )
  expect(existsSync('/f')).toBe(false)
})

test('the server’s environment, memory and machine do not show', async () => {
  const { stdout } = await sh(
    'env; cat /proc/1/environ /proc/self/environ /proc/*/cmdline; hostname; cat /etc/hostname; uname -n; ls -la / /proc /root',
  )
  expect(stdout).not.toContain('token-of-the-server')
  expect(stdout).not.toContain(fixture.dataDir)
  expect(stdout).not.toContain(process.cwd())
  if (hostname().length > 3) expect(stdout).not.toContain(hostname())
  expect((await sh('cat /proc/1/mem /proc/1/cwd/x /proc/1/fd/0')).stdout).toBe('')
  expect((await sh('ls /dev/sda /dev/mem')).exitCode).toBe(1)
  // The root of a process is the container's own.
  const passwd = await sh('cat /proc/1/root/etc/passwd /proc/1/root/../../../etc/passwd /proc/self/root/../etc/passwd')
  expect(passwd.stdout).toMatch(
    /^(?:root:x:0:0:root:\/root:\/bin\/sh\n(?:daemon|nobody):.*\n(?:daemon|nobody):.*\n){1,3}$/,
  )
  expect((await sh(`cat /proc/1/root${secret} /proc/1/root/proc/1/root${secret}`)).stdout).toBe('')
})

test('interpreters of the host cannot be reached through the tools', async () => {
  for (const command of [
    'node -e 1',
    'python3 -c 1',
    'js-exec -c 1',
    'sqlite3 :memory: 1',
    '/usr/bin/perl -e 1',
    process.execPath,
  ]) {
    expect(await sh(command)).toMatchObject({ exitCode: 127 })
  }
  expect((await sh('echo x | sed "s/x/id/e"')).stdout).not.toContain('uid=')
  expect(
    (await sh(`awk 'BEGIN { system("cat ${secret}"); while (("cat ${secret}" | getline line) > 0) print line }'`))
      .stdout,
  ).not.toContain('outside')
  expect((await sh(`find ${secret} -exec cat {} \\;`)).stdout).toBe('')
})

test('signals reach no process of the host', async () => {
  expect(await sh(`kill -9 ${process.pid} 2>&1`)).toMatchObject({ exitCode: 1 })
  expect((await sh('kill -9 -1; kill -9 0; echo alive')).stdout).toContain('alive')
})

test('a fork bomb ends by itself and leaves the others working', async () => {
  const bomb = await execute(container, ['timeout', '3', 'sh', '-c', 'f() { f | f & f; }; f'])
  expect(bomb.exitCode).not.toBe(0)
  expect((await sh('echo fine')).stdout).toBe('fine\n')
}, 15_000)

test('endless output, input and nesting are bounded', async () => {
  expect((await sh('timeout 1 cat /dev/zero > /dev/null; echo $?')).stdout).toBe('143\n')
  const deep = await sh('f() { f; }; f; echo survived')
  expect(deep.stdout + deep.stderr).toMatch(/nesting too deep|survived/)
  const huge = await sh('x=$(cat /dev/zero | tr "\\\\0" a)')
  expect(huge.exitCode).not.toBe(0)
  expect((await sh('echo fine')).stdout).toBe('fine\n')
}, 30_000)
