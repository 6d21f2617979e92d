import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeClock } from '../../clock.ts'
import type { Image } from '../container-runtime.ts'
import { execute, makeRuntimeFixture, type RuntimeFixture, readLog } from './runtime-fixture.ts'

let fixture: RuntimeFixture

/** An image whose program runs the given script of Node. */
function nodeImage(script: string): Image {
  return {
    names: ['docker.io/test/node:1'],
    digest: `sha256:${'0'.repeat(64)}`,
    sizeBytes: 1,
    entrypoint: ['/app'],
    cmd: [],
    env: { FROM_IMAGE: 'yes' },
    workingDir: '/',
    user: 0,
    programs: { '/app': ({ env, argv }) => ({ command: [process.execPath, '-e', script, ...argv.slice(1)], env }) },
    files: {},
    userland: 'busybox',
  }
}

beforeAll(() => {
  fixture = makeRuntimeFixture()
})
afterAll(() => {
  vi.unstubAllEnvs()
  return fixture.stop()
})

test('runs a program of the image as a host process with the environment of the container only', async () => {
  vi.stubEnv('LAB_SECRET', 'server')
  const container = await fixture.start({
    image: nodeImage('console.log(JSON.stringify(process.env)); console.error(process.getuid())'),
    env: { GREETING: 'hello', NODE_OPTIONS: '--import=data:text/javascript,process.exit(9)', LD_PRELOAD: '/x.so' },
  })

  expect(await container.exited).toEqual({ exitCode: 0 })
  const log = await readLog(container)
  const env = JSON.parse(log.split('\n').find((line) => line.startsWith('{')) ?? '{}')
  expect(env).toMatchObject({ GREETING: 'hello', FROM_IMAGE: 'yes', HOSTNAME: 'pod', HOME: '/root' })
  expect(env).not.toHaveProperty('LAB_SECRET')
  expect(env).not.toHaveProperty('NODE_OPTIONS')
  expect(env).not.toHaveProperty('LD_PRELOAD')
  expect(log).toMatch(process.getuid?.() === 0 ? /^65534$/m : /^\d+$/m)
})

test('asks containers to end at its own stop, and waits about a second for those that do not listen', async () => {
  const own = makeRuntimeFixture()
  const polite = await own.start({
    image: nodeImage(
      'process.on("SIGTERM", () => setTimeout(() => process.exit(7), 100)); setInterval(() => {}, 1000); console.log("up")',
    ),
  })
  for await (const line of polite.logs.read({ follow: true })) if (line === 'up\n') break
  const deaf = await own.start({ command: ['sleep', '1000'] })
  // Its own stop, with a grace that nobody waits for any more.
  void deaf.stop(60_000)
  const started = performance.now()
  await own.stop()
  expect(performance.now() - started).toBeLessThan(4000)
  expect(await polite.exited).toEqual({ exitCode: 7 })
  expect(await deaf.exited).toMatchObject({ signal: 'SIGKILL' })
})

test('logs what a program says of its files in the words of the container', async () => {
  const image: Image = {
    ...nodeImage(''),
    programs: {
      '/app': ({ env, rootDir, hostPath }) => ({
        command: [
          process.execPath,
          '-e',
          'console.log(process.argv[1])',
          `${rootDir}/etc/a ${hostPath('/v')}/b /short/c`,
        ],
        env,
        names: [['/short', '/var/run/app']],
      }),
    },
  }
  const mounts = [{ containerPath: '/v', hostPath: fixture.dataDir, readOnly: false }]
  const container = await fixture.start({ image, mounts })
  await container.exited
  expect(await readLog(container)).toBe('/etc/a /v/b /var/run/app/c\n')
})

test('refuses a command that does not exist in the words of containerd', async () => {
  await expect(fixture.start({ command: ['gunicornn', 'app:app'] })).rejects.toMatchObject({
    message:
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "gunicornn": executable file not found in $PATH: unknown',
    exitCode: 128,
  })
  await expect(fixture.start({ command: ['/no/such'] })).rejects.toThrow(
    'exec: "/no/such": stat /no/such: no such file or directory: unknown',
  )
})

test('reports the exit code of the main process, and 128 + n for a signal', async () => {
  const failing = await fixture.start({ command: ['sh', '-c', 'echo bye; exit 3'] })
  expect(await failing.exited).toMatchObject({ exitCode: 3 })
  expect(await readLog(failing)).toBe('bye\n')

  const killed = await fixture.start({ image: nodeImage('process.kill(process.pid, "SIGKILL")') })
  expect(await killed.exited).toMatchObject({ exitCode: 137, signal: 'SIGKILL' })
})

test('stops politely, and kills the whole group after the grace', async () => {
  const polite = await fixture.start({
    image: nodeImage('process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log("up")'),
  })
  for await (const line of polite.logs.read({ follow: true })) if (line === 'up\n') break
  await polite.stop(5000)
  expect(await polite.exited).toEqual({ exitCode: 7 })

  // The first process of a container ignores signals that it does not handle.
  const sleeping = await fixture.start({ command: ['sleep', '1000'] })
  const started = performance.now()
  await sleeping.stop(300)
  expect(await sleeping.exited).toMatchObject({ exitCode: 137 })
  expect(performance.now() - started).toBeGreaterThan(290)
})

test('runs the trap of a shell that is told to stop', async () => {
  const container = await fixture.start({
    command: ['sh', '-c', 'trap "echo ending; exit 5" TERM; echo up; while true; do sleep 0.05; done'],
  })
  for await (const line of container.logs.read({ follow: true })) if (line === 'up\n') break
  await container.stop(5000)
  expect(await container.exited).toMatchObject({ exitCode: 5 })
  expect(await readLog(container)).toBe('up\nending\n')
})

test('lets a shell run a program of the image, hand it its place, and pass it the signal', async () => {
  const script =
    'process.on("SIGTERM", () => { console.log("ending"); process.exit(9) }); console.log("up", process.argv[1]); setInterval(() => {}, 1000)'
  const container = await fixture.start({
    image: nodeImage(script),
    command: ['sh', '-c', 'echo before; exec /app one'],
  })
  for await (const line of container.logs.read({ follow: true })) if (line === 'up one\n') break
  const { stdout } = await execute(container, ['ps'])
  expect(stdout.split('\n').filter((line) => line.endsWith(' 0:00 /app one'))).toHaveLength(1)
  await container.stop(5000)
  expect(await container.exited).toMatchObject({ exitCode: 9 })
  expect(await readLog(container)).toBe('before\nup one\nending\n')
})

test('leaves no process of a group behind when the first one ends', async () => {
  const script =
    'const c = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" }); console.log(c.pid); setTimeout(() => process.exit(0), 50)'
  const container = await fixture.start({ image: nodeImage(script) })
  await container.exited
  const pid = Number(await readLog(container))
  await expect.poll(() => isAlive(pid)).toBe(false)
})

test('kills a container that needs more memory than its limit, soon after the start', async () => {
  const started = performance.now()
  const container = await fixture.start({
    image: nodeImage('setInterval(() => {}, 1000)'),
    memoryLimitBytes: 12 * 1024 ** 2,
  })
  expect(await container.exited).toEqual({ exitCode: 137, signal: 'SIGKILL', oomKilled: true })
  expect(performance.now() - started).toBeLessThan(3000)
})

test('counts only what the commands take of the userland’s memory', async () => {
  const container = await fixture.start({ command: ['sleep', '1000'], memoryLimitBytes: 16 * 1024 ** 2 })
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect((await container.usage()).memoryBytes).toBeLessThan(16 * 1024 ** 2)
  expect((await execute(container, ['echo', 'alive'])).stdout).toBe('alive\n')
  await container.stop(0)
})

test('counts of a web server only what the original would take', async () => {
  const container = await fixture.start({ image: 'nginx:1.25', memoryLimitBytes: 32 * 1024 ** 2 })
  expect((await execute(container, ['cat', '/usr/share/nginx/html/index.html'])).stdout).toContain('Welcome to nginx!')
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect((await container.usage()).memoryBytes).toBeLessThan(24 * 1024 ** 2)
  await container.stop(0)
  expect(await container.exited).toEqual({ exitCode: 137, signal: 'SIGKILL' })
})

test('answers what nginx is asked beside serving', async () => {
  const container = await fixture.start({ image: 'nginx:1.25' })
  const asked = async (...options: string[]) => {
    const { stderr, exitCode } = await execute(container, ['nginx', ...options])
    return [stderr, exitCode]
  }
  expect(await asked('-v')).toEqual(['nginx version: nginx/1.27.5\n', 0])
  expect(await asked('-t')).toEqual([expect.stringContaining('test is successful'), 0])
  expect(await asked('-s', 'reload')).toEqual([expect.stringContaining('signal process started'), 0])
  expect(await asked('-x')).toEqual(['nginx: invalid option: "-x"\n', 1])
  await container.stop(0)
})

test('kills a shell that fills its memory', async () => {
  const container = await fixture.start({
    command: ['sh', '-c', 'x=a; while true; do x=$x$x; done'],
    memoryLimitBytes: 20 * 1024 ** 2,
  })
  expect(await container.exited).toMatchObject({ exitCode: 137, oomKilled: true })
}, 20_000)

test('takes a new memory limit while it runs', async () => {
  const container = await fixture.start({
    image: nodeImage('setInterval(() => {}, 1000)'),
    memoryLimitBytes: 512 * 1024 ** 2,
  })
  await container.resize?.({ memoryLimitBytes: 5 * 1024 ** 2 })
  expect(await container.exited).toMatchObject({ exitCode: 137, oomKilled: true })
})

test('keeps files between commands, and gives them to nobody else', async () => {
  const [one, two] = await Promise.all([
    fixture.start({ command: ['sleep', '100'] }),
    fixture.start({ command: ['sleep', '100'] }),
  ])
  await execute(one, ['sh', '-c', 'echo kept > /tmp/x'])
  expect((await execute(one, ['cat', '/tmp/x'])).stdout).toBe('kept\n')
  expect(await execute(two, ['cat', '/tmp/x'])).toMatchObject({
    exitCode: 1,
    stderr: "cat: can't open '/tmp/x': No such file or directory\n",
  })
  await Promise.all([one.stop(0), two.stop(0)])
})

test('shows volumes at their paths and honours read-only ones', async () => {
  const hostPath = join(fixture.dataDir, 'volume')
  mkdirSync(hostPath)
  writeFileSync(join(hostPath, 'key'), 'value')
  const container = await fixture.start({
    command: ['sleep', '100'],
    mounts: [
      { containerPath: '/etc/config', hostPath, readOnly: true },
      { containerPath: '/data', hostPath, readOnly: false },
    ],
  })
  expect((await execute(container, ['cat', '/etc/config/key'])).stdout).toBe('value')
  expect((await execute(container, ['sh', '-c', 'echo x > /etc/config/key'])).stderr).toBe(
    "sh: can't create /etc/config/key: Read-only file system\n",
  )
  expect((await execute(container, ['sh', '-c', 'echo new > /data/key && cat /etc/config/key'])).stdout).toBe('new\n')
  await container.stop(0)
})

test('serves the welcome page of nginx and logs the request', async () => {
  const web = await fixture.start({ image: 'nginx', podIp: '127.42.7.9' })
  for await (const line of web.logs.read({ follow: true })) if (line.includes('start worker')) break
  const client = await fixture.start({ command: ['sleep', '100'], hosts: '127.42.7.9 web\n' })
  expect((await execute(client, ['wget', '-qO-', 'http://web:20080/'])).stdout).toContain('<h1>Welcome to nginx!</h1>')
  expect(await readLog(web)).toMatch(/^127\.42\.7\.2 - - \[.*\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "Wget" "-"$/m)
  await Promise.all([web.stop(2000), client.stop(0)])
  expect(await web.exited).toEqual({ exitCode: 0 })
})

test('knows the stock images by every way to write them', () => {
  const { findImage } = fixture.runtime
  const latest = findImage('busybox')
  expect(findImage('docker.io/library/busybox:latest')).toBe(latest)
  expect(findImage(`busybox@${latest?.digest}`)).toBe(latest)
  expect(findImage('nginx:1.27')?.names).toContain('docker.io/library/nginx:1.27')
  expect(findImage('nginx:9.99')).toBeUndefined()
  expect(findImage('Bad::Image')).toBeUndefined()
  expect(findImage('quay.io/library/busybox')).toBeUndefined()
})

function isAlive(pid: number): boolean {
  try {
    // An orphan that init has not buried yet is dead all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

test("sleeps as long as the cluster's clock says, which may run faster than life", async () => {
  const fast = makeRuntimeFixture({ clock: makeClock(100) })
  const container = await fast.start({ command: ['sh', '-c', 'sleep 300; echo rested'] })
  const startedAt = performance.now()
  expect(await container.exited).toEqual({ exitCode: 0 })
  expect(performance.now() - startedAt).toBeLessThan(30_000)
  expect(await readLog(container)).toBe('rested\n')
  await fast.stop()
})
