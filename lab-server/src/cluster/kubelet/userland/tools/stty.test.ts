// What BusyBox 1.35 says on a pseudo-terminal of Linux, beside what ours says.
import { expect, test } from 'vitest'
import { emptyReader, makeCollector, makeReader, nullWriter } from '../byte-stream.ts'
import type { Task } from '../task.ts'
import { ToolFailure } from '../task.ts'
import { makeTerminal, type Terminal } from '../tty/terminal.ts'
import { stty } from './stty.ts'

function openTerminal(): Terminal {
  const input = makeReader(() => new Promise(() => {}))
  return makeTerminal({ input, output: nullWriter, size: { columns: 100, rows: 30 }, events: {}, interrupt() {} })
}

async function run(terminal: Terminal | undefined, line: string): Promise<string> {
  const stdout = makeCollector()
  const task = {
    argv: line.split(' '),
    stdin: terminal?.reader ?? emptyReader(),
    stdout,
    system: { terminal, fs: { exists: async (path: string) => path === '/dev/null' } },
  } as unknown as Task
  try {
    await stty(task)
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
    return `${error.message}\n`
  }
  return stdout.bytes().toString()
}

const chars = `intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>; eol2 = <undef>;
swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R; werase = ^W; lnext = ^V; flush = ^O;
min = 1; time = 0;
`

test('shows every setting of a new terminal', async () => {
  const terminal = openTerminal()
  expect(await run(terminal, 'stty size')).toBe('30 100\n')
  expect(await run(terminal, 'stty -a')).toBe(`speed 38400 baud; rows 30; columns 100; line = 0;
${chars}-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff -iuclc -ixany
-imaxbel -iutf8
opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt echoctl echoke -flusho
-extproc
`)
})

test('shows what is not as usual, and sets it', async () => {
  const terminal = openTerminal()
  const changed = async () => (await run(terminal, 'stty')).replace(`speed 38400 baud; line = 0;\n${chars}`, '')
  expect(await changed()).toBe('-brkint -imaxbel\n')
  await run(terminal, 'stty -echo')
  expect(await changed()).toBe('-brkint -imaxbel\n-echo\n')
  await run(terminal, 'stty echo raw')
  expect(await changed()).toBe('-brkint -icrnl -imaxbel\n-opost\n-isig -icanon\n')
  await run(terminal, 'stty cooked -icanon')
  expect(await changed()).toBe('-imaxbel\n-icanon\n')
  await run(terminal, 'stty intr ^X min 1 time 5')
  expect(await changed()).toContain('intr = ^X;')
  await run(terminal, 'stty sane')
  expect(await changed()).toBe('')
  await run(terminal, 'stty cols 40 rows 10')
  expect(await run(terminal, 'stty size')).toBe('10 40\n')
  expect((await run(terminal, 'stty -a')).split('\n').slice(0, 6)).toEqual([
    'speed 38400 baud; rows 10; columns 40;',
    'line = 0;',
    'intr = ^C; quit = ^\\; erase = ^?;',
    'kill = ^U; eof = ^D; eol = <undef>;',
    'eol2 = <undef>; swtch = <undef>;',
    'start = ^Q; stop = ^S; susp = ^Z;',
  ])
})

test('keeps its settings in a text, and takes them from it', async () => {
  const terminal = openTerminal()
  const saved = (await run(terminal, 'stty -g')).trim()
  expect(saved).toBe('500:5:bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0')
  const before = terminal.modes()
  await run(terminal, 'stty raw -echo')
  expect(terminal.modes()).not.toEqual(before)
  await run(terminal, `stty ${saved}`)
  expect(terminal.modes()).toEqual(before)
})

test.each([
  ['stty nosuch', "stty: invalid number 'nosuch'\n"],
  ['stty rows', 'stty: rows requires an argument\n'],
  ['stty rows abc', "stty: invalid number 'abc'\n"],
  ['stty -rows 3', "stty: invalid argument '-rows'\n"],
  ['stty -a size', 'stty: modes may not be set when -a or -g is used\n'],
  ['stty -a -g', 'stty: -a and -g are mutually exclusive\n'],
  ['stty -F /nosuch', "stty: can't open '/nosuch': No such file or directory\n"],
  ['stty -F /dev/null -a', 'stty: /dev/null: Inappropriate ioctl for device\n'],
  ['stty -F /dev/tty size', '30 100\n'],
])('says of `%s`: %s', async (line, said) => {
  expect(await run(openTerminal(), line)).toBe(said)
})

test('needs a terminal', async () => {
  expect(await run(undefined, 'stty size')).toBe('stty: standard input: Inappropriate ioctl for device\n')
  expect(await run(undefined, 'stty -F /dev/tty')).toBe("stty: can't open '/dev/tty': No such device or address\n")
})
