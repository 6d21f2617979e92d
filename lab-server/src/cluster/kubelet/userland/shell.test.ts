import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningContainer } from '../container-runtime.ts'
import { execute, makeRuntimeFixture, type RuntimeFixture } from '../runtime/runtime-fixture.ts'

let fixture: RuntimeFixture
let container: RunningContainer

beforeAll(async () => {
  fixture = makeRuntimeFixture()
  container = await fixture.start({ command: ['sleep', '1000'], env: { GREETING: 'hello world' } })
})
afterAll(() => fixture.stop())

const sh = (script: string, input?: string) => execute(container, ['sh', '-c', script], input)

const scripts: [script: string, expected: string][] = [
  ['echo "$GREETING" $GREETING', 'hello world hello world\n'],
  ['for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done', '1\n3\n'],
  ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i', '3\n'],
  ['case abc in a*) echo yes;; *) echo no;; esac', 'yes\n'],
  ['f() { local x=1; echo "$1-$x-$#"; return 4; }; f a b; echo $?', 'a-1-2\n4\n'],
  ['echo ${UNSET:-default} ${GREETING%% *} ${GREETING#* } ${#GREETING}', 'default hello world 11\n'],
  ['x=$(echo one; exit 3); echo "$x $?"', 'one 3\n'],
  ['cat <<EOF\nvalue: $GREETING\nEOF', 'value: hello world\n'],
  ["cat <<'EOF'\nraw: $GREETING\nEOF", 'raw: $GREETING\n'],
  ['(cd /tmp; pwd); pwd', '/tmp\n/\n'],
  ['set -- a "b c"; for x in "$@"; do echo "<$x>"; done', '<a>\n<b c>\n'],
  ['echo a b c | while read x y; do echo "$y,$x"; done', 'b c,a\n'],
  ['false || echo recovered; true && echo fine', 'recovered\nfine\n'],
  ['echo err >&2 2>/dev/null; echo out', 'out\n'],
  ['set -e; false; echo never', ''],
  ['trap "echo bye" EXIT; echo hi', 'hi\nbye\n'],
  ['printf "%s=%03d\\n" a 7 b 8', 'a=007\nb=008\n'],
  ['echo $((2 + 3 * 4)) $((10 / 3)) $((1 << 4))', '14 3 16\n'],
  ['sleep 0.05 & wait $!; echo $?', '0\n'],
  ['x=1; x=2 env | grep ^x=; echo $x', 'x=2\n1\n'],
  ['echo "a\\nb"; echo -e "a\\nb"', 'a\\nb\na\nb\n'],
  ['cd /etc && ls h*', 'hostname\nhosts\n'],
  ['seq 3 | sed s/2/two/ | sort -r', 'two\n3\n1\n'],
  ['echo "x y" | awk "{print \\$2}"', 'y\n'],
  ['until [ -f /tmp/flag ]; do touch /tmp/flag; done; echo found', 'found\n'],
  ['command -v wget; which sh', '/bin/wget\n/bin/sh\n'],
  ['yes | head -n 2', 'y\ny\n'],
  ['echo hi | tee /tmp/t | cat; cat /tmp/t', 'hi\nhi\n'],
  ['find /etc -name "host*" | sort', '/etc/hostname\n/etc/hosts\n'],
  ['echo one two | xargs -n 1 echo got', 'got one\ngot two\n'],
  ['[ -t 0 ] || [ -t 1 ] || [[ -t 2 ]] || echo none', 'none\n'],
  ['false; s=$?; x=$(exit 4); echo $s $?', '1 4\n'],
]

test('runs scripts as a POSIX shell does', async () => {
  // All in one command, each in a subshell: starting one for each would take longer than what is tested.
  const { stdout } = await sh(scripts.map(([script]) => `(\n${script}\n)\nprintf '\\001'`).join('\n'))
  const outputs = stdout.split('\x01')
  expect(scripts.map(([script], index) => [script, outputs[index]])).toEqual(scripts)
})

test('says what a shell says of a missing command, file or folder', async () => {
  expect(await sh('nosuch')).toMatchObject({ exitCode: 127, stderr: 'sh: nosuch: not found\n' })
  expect(await sh('cat /nosuch')).toMatchObject({
    exitCode: 1,
    stderr: "cat: can't open '/nosuch': No such file or directory\n",
  })
  expect(await sh('ls /nosuch')).toMatchObject({ exitCode: 1, stderr: 'ls: /nosuch: No such file or directory\n' })
  expect(await sh('cd /nosuch')).toMatchObject({
    exitCode: 2,
    stderr: "sh: cd: can't cd to /nosuch: No such file or directory\n",
  })
  expect(await sh('echo x > /no/such')).toMatchObject({
    exitCode: 1,
    stderr: "sh: can't create /no/such: nonexistent directory\n",
  })
  expect(await sh('read x < /dev/tty')).toMatchObject({
    exitCode: 1,
    stderr: "sh: can't open /dev/tty: No such device or address\n",
  })
  expect(await sh('stty size')).toMatchObject({
    exitCode: 1,
    stderr: 'stty: standard input: Inappropriate ioctl for device\n',
  })
  expect(await sh('if')).toMatchObject({ exitCode: 2, stderr: 'sh: syntax error: unexpected end of file\n' })
})

test('runs a script file by its first line, and refuses one that is not executable', async () => {
  await sh('printf "#!/bin/sh\\necho run \\$1\\n" > /tmp/run.sh; chmod +x /tmp/run.sh; echo "echo x" > /tmp/plain')
  expect((await execute(container, ['/tmp/run.sh', 'me'])).stdout).toBe('run me\n')
  expect(await sh('/tmp/plain')).toMatchObject({ exitCode: 126, stderr: 'sh: /tmp/plain: Permission denied\n' })
  expect((await sh('sh /tmp/plain')).stdout).toBe('x\n')
})

test('reads from the client, and ends when the client does', async () => {
  expect((await execute(container, ['cat'], 'to the end')).stdout).toBe('to the end')
  expect(await execute(container, ['sh'], 'echo from stdin\nexit 4\n')).toMatchObject({
    stdout: 'from stdin\n',
    exitCode: 4,
  })
  expect((await sh('read a; read b; echo "$b $a"', 'one\ntwo\n')).stdout).toBe('two one\n')
})

test('writes its output as it goes', async () => {
  const ticking = await fixture.start({ command: ['sh', '-c', 'while true; do echo tick; sleep 0.05; done | cat'] })
  let ticks = 0
  for await (const line of ticking.logs.read({ follow: true })) {
    expect(line).toBe('tick\n')
    ticks += 1
    if (ticks === 3) break
  }
  await ticking.stop(0)
})

test('follows a file that another command appends to', async () => {
  const steps = [
    'touch /tmp/log; tail -f /tmp/log > /tmp/seen & sleep 0.3',
    'echo nothing >> /tmp/log; echo found it >> /tmp/log',
    'until grep found /tmp/seen; do sleep 0.1; done; kill %1',
  ]
  expect((await sh(steps.join('\n'))).stdout).toBe('found it\n')
})

test('shows and signals the processes of the container', async () => {
  const { stdout } = await sh('sleep 500 & sleep 0.1; ps; kill $!; wait $!; echo $?')
  expect(stdout).toMatch(/^PID {3}USER {5}TIME {2}COMMAND\n {4}1 root {6}0:00 sleep 1000\n/)
  expect(stdout).toMatch(/\d+ root {6}0:00 sleep 500\n/)
  expect(stdout).toMatch(/143\n$/)
  expect(await sh('kill 4000')).toMatchObject({ exitCode: 1, stderr: "sh: can't kill pid 4000: No such process\n" })
  expect((await sh('kill -9 1; kill 1; sleep 0.1; echo still here')).stdout).toBe('still here\n')
})

test('puts a command in the place of the shell', async () => {
  const replaced = await fixture.start({ command: ['sh', '-c', 'echo begin; exec sleep 1000'] })
  await expect
    .poll(async () => (await execute(replaced, ['ps', '-o', 'pid,args'])).stdout.split('\n')[1], { timeout: 10_000 })
    .toBe('1     sleep 1000')
})

test('ends a busy loop when the client goes away', async () => {
  const { PassThrough } = await import('node:stream')
  const run = container.exec(['sh', '-c', 'while :; do :; done'], {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    tty: false,
  })
  setTimeout(() => run.kill(), 200)
  expect(await run.exited).toMatchObject({ exitCode: 137 })
})

test('lets an ordinary user read everything and write only where a user may', async () => {
  const user = await fixture.start({ command: ['sleep', '100'], user: 1000 })
  expect((await execute(user, ['id'])).stdout).toBe('uid=1000(app) gid=1000(app) groups=1000(app)\n')
  expect(await execute(user, ['sh', '-c', 'touch /x; touch /tmp/x && echo ok'])).toMatchObject({
    stdout: 'ok\n',
    stderr: 'touch: /x: Permission denied\n',
  })
  const readOnly = await fixture.start({ command: ['sleep', '100'], readOnlyRootFilesystem: true })
  expect((await execute(readOnly, ['touch', '/tmp/x'])).stderr).toBe('touch: /tmp/x: Read-only file system\n')
})

test('refuses to fill the disk', async () => {
  const { stderr, exitCode } = await sh('dd if=/dev/zero of=/tmp/full bs=1M count=600; s=$?; rm /tmp/full; exit $s')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('No space left on device')
}, 20_000)

test('packs and unpacks files for kubectl cp', async () => {
  const { stdout, stderr } = await sh(
    'mkdir -p /tmp/a/b; echo deep > /tmp/a/b/f; ln -s f /tmp/a/b/l; tar cf - /tmp/a | tar xmf - -C /var; cat /var/tmp/a/b/f; readlink /var/tmp/a/b/l; tar tf - < /dev/null; echo $?',
  )
  expect(stdout).toBe('deep\nf\n1\n')
  expect(stderr).toContain("tar: removing leading '/' from member names\n")
})
