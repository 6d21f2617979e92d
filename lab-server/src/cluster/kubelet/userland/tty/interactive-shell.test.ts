import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningContainer } from '../../container-runtime.ts'
import { collect, makeRuntimeFixture, type RuntimeFixture } from '../../runtime/runtime-fixture.ts'

let fixture: RuntimeFixture
let container: RunningContainer

beforeAll(async () => {
  fixture = makeRuntimeFixture()
  container = await fixture.start({ command: ['sleep', '1000'] })
})
afterAll(() => fixture.stop())

/** A person at a terminal. */
function openShell(command = ['sh']) {
  const stdin = new PassThrough()
  const screen = collect()
  let resize: (size: { columns: number; rows: number }) => void = () => {}
  const run = container.exec(command, {
    stdin,
    stdout: screen.stream,
    stderr: screen.stream,
    tty: true,
    onResize(listener) {
      resize = listener
      listener({ columns: 80, rows: 24 })
    },
  })
  return {
    type: (keys: string) => stdin.write(keys),
    screen,
    exited: run.exited,
    resize: (columns: number) => resize({ columns, rows: 24 }),
  }
}

test('prompts, echoes, runs lines and keeps the state between them', async () => {
  const { type, screen, exited } = openShell()
  await screen.waitFor(/\/ # $/)
  type('cd /etc\r')
  await screen.waitFor(/\/etc # $/)
  type('x=5\r')
  await screen.waitFor(/x=5\r\n\/etc # $/)
  type('echo $x; exit 3\r')
  expect(await exited).toMatchObject({ exitCode: 3 })
  expect(screen.text()).toBe('/ # cd /etc\r\n/etc # x=5\r\n/etc # echo $x; exit 3\r\n5\r\n')
})

test('interrupts a running command and not the shell', async () => {
  const { type, screen, exited } = openShell()
  await screen.waitFor(/# $/)
  type('sleep 100\r')
  await screen.waitFor(/sleep 100\r\n/)
  type('\x03')
  await screen.waitFor(/\^C\r\n\/ # $/)
  type('echo $?\r')
  await screen.waitFor(/130\r\n\/ # $/)
  type('while :; do :; done\r')
  await screen.waitFor(/done\r\n/)
  type('\x03')
  await screen.waitFor(/done\r\n\^C\r\n\/ # $/)
  type('\x04')
  expect(await exited).toMatchObject({ exitCode: 130 })
})

test('edits the line: erase, history, start and end, completion', async () => {
  const { type, screen, exited } = openShell()
  await screen.waitFor(/# $/)
  type('echo wronk\x7fg\r')
  await screen.waitFor(/\nwrong\r\n\/ # $/)
  type('\x1b[A\x01\x05!\r')
  await screen.waitFor(/\nwrong!\r\n\/ # $/)
  type('junk\x15ls /etc/hostn\t\r')
  await screen.waitFor(/\n\/etc\/hostname\r\n\/ # $/)
  type('for i in 1 2\r')
  await screen.waitFor(/> $/)
  type('do echo n$i; done\r')
  await screen.waitFor(/n1\r\nn2\r\n\/ # $/)
  type('exit\r')
  await exited
})

test('gives commands the terminal: input by line, its size, and output in columns', async () => {
  const { type, screen, exited, resize } = openShell()
  await screen.waitFor(/# $/)
  type('cat\r')
  await screen.waitFor(/cat\r\n/)
  type('typed\r')
  await screen.waitFor(/typed\r\ntyped\r\n/)
  type('\x04')
  await screen.waitFor(/typed\r\n\/ # $/)
  resize(30)
  type('ls /etc\r')
  await screen.waitFor(/group\s+os-release/)
  type('exit\r')
  expect(await exited).toMatchObject({ exitCode: 0 })
})

test('knows which descriptors are the terminal', async () => {
  const { type, screen, exited } = openShell()
  await screen.waitFor(/# $/)
  type('t() { [ -t 0 ] && echo in; test -t 1 && echo out >&2; [[ -t 2 ]]; }; t\r')
  await screen.waitFor(/\nin\r\nout\r\n\/ # $/)
  type('t 2>&1 </dev/null | cat; echo no\r')
  await screen.waitFor(/; echo no\r\nno\r\n\/ # $/)
  type('[ -t 1 ] | cat; exec 3>&1; [ -t 3 ] && echo three; /bin/[ -t 0 ] && echo four\r')
  await screen.waitFor(/\nthree\r\nfour\r\n\/ # $/)
  type('echo x | { read a; read b </dev/tty; echo "<$a $b>" >/dev/tty; } | cat\r')
  await screen.waitFor(/\| cat\r\n$/)
  type('typed\r')
  await screen.waitFor(/\n<x typed>\r\n\/ # $/)
  type('exit\r')
  await exited
})

test('obeys stty: no echo, no lines, no translation', async () => {
  const { type, screen, exited } = openShell()
  await screen.waitFor(/# $/)
  type('stty size; stty cols 40; stty size\r')
  await screen.waitFor(/24 80\r\n24 40\r\n\/ # $/)
  type('read -s -p "password: " x; echo "<$x>"\r')
  await screen.waitFor(/\npassword: $/)
  type('secret\r')
  await screen.waitFor(/password: <secret>\r\n\/ # $/)
  type('read -n 1 x; echo "=$x"\r')
  await screen.waitFor(/"=\$x"\r\n$/)
  type('y')
  await screen.waitFor(/\ny=y\r\n\/ # $/)
  type('stty -echo\r')
  await screen.waitFor(/-echo\r\n\/ # $/)
  type('stty echo; echo seen\r')
  await screen.waitFor(/-echo\r\n\/ # seen\r\n\/ # $/)
  type('stty -onlcr; echo a\r')
  await screen.waitFor(/\na\n\/ # $/)
  type('stty sane; o=$(stty -g); stty raw; stty "$o"; stty | tail -n 1\r')
  await screen.waitFor(/min = 1; time = 0;\r\n\/ # $/)
  type('exit\r')
  await exited
})

test('shows a user that is not root a dollar sign', async () => {
  const user = await fixture.start({ command: ['sh'], tty: true, stdin: true, user: 1000 })
  const stdin = new PassThrough()
  const screen = collect()
  const attached = user.attach({ stdin, stdout: screen.stream, stderr: screen.stream, tty: true })
  // The first prompt may have come before the attachment, as `kubectl attach` says: press Enter for another.
  stdin.write('\r')
  await screen.waitFor(/\/ \$ $/)
  stdin.write('exit 2\r')
  await attached
  expect(await user.exited).toMatchObject({ exitCode: 2 })
})

test('lets a command on a terminal that nobody types on run to its end', async () => {
  const screen = collect()
  const { exited } = container.exec(['sh', '-c', 'tty; sleep 0.1; echo still here'], {
    stdout: screen.stream,
    stderr: screen.stream,
    tty: true,
  })
  expect(await exited).toMatchObject({ exitCode: 0 })
  expect(screen.text()).toBe('/dev/pts/0\r\nstill here\r\n')
})
