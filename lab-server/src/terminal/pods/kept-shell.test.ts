// The shell that tmux keeps, with the machine's own tmux behind a pipe in place of a pod behind an API server.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ExecStream } from '../../lab/kubernetes/exec.ts'
import { findOnPath } from '../kubectl.ts'
import { makeTerminal, type Terminal, type Viewer } from '../terminal.ts'
import { unescapeOutput } from './control-mode.ts'
import { attachKeptShell, isReply } from './kept-shell.ts'

const tmux = await findOnPath('tmux')
const images = new URL('../../../images/toolbox/', import.meta.url)

let folder: string
let links: ChildProcess[]
let terminals: Terminal[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-shell-'))
  links = []
  terminals = []
  // The toolbox's own settings, in a folder of the test.
  await mkdir(join(folder, 'home'))
  const settings = new URL('../settings/', import.meta.url)
  await copyFile(new URL('bashrc', settings), join(folder, 'shell.bashrc'))
  await writeFile(join(folder, 'completion.bash'), 'complete -W get kubectl; __start_kubectl() { :; }\n')
  for (const name of ['bashrc', 'tmux.conf']) {
    const text = await readFile(new URL(name, images), 'utf8')
    await writeFile(join(folder, name), text.replaceAll('/etc/lab', folder))
  }
})
afterEach(async () => {
  await Promise.all(terminals.map((terminal) => terminal.stop()))
  try {
    execFileSync('tmux', ['-S', join(folder, 'tmux'), 'kill-server'], { stdio: 'ignore' })
  } catch {
    // Its shell has ended, and so has it.
  }
  await rm(folder, { recursive: true, force: true })
})

/** What an exec would give: bytes in and out of `tmux -C`. */
function openPipe(cols: number, rows: number): ExecStream {
  const args = ['-u', '-S', join(folder, 'tmux'), '-f', join(folder, 'tmux.conf'), '-C', 'new-session', '-A', '-D']
  const child = spawn('tmux', [...args, '-s', 'student', '-x', String(cols), '-y', String(rows)], {
    cwd: join(folder, 'home'),
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      HOME: join(folder, 'home'),
      HISTFILE: join(folder, 'history'),
      LANG: 'C.UTF-8',
      LAB_SETTINGS: folder,
    },
  })
  links.push(child)
  child.stdin.on('error', () => {})
  return {
    write: (data) => child.stdin.write(data),
    onData: (handler) => child.stdout.on('data', handler),
    pause: () => child.stdout.pause(),
    resume: () => child.stdout.resume(),
    close: () => child.kill('SIGKILL'),
    closed: new Promise((resolve) => child.once('close', () => resolve({ message: 'the pipe broke' }))),
  }
}

function openTerminal(commands: string[] = []) {
  const terminal = makeTerminal({
    onCommand: (command) => commands.push(command),
    startShell: (size, events) => attachKeptShell(async ({ cols, rows }) => openPipe(cols, rows), size, events),
  })
  terminals.push(terminal)
  return terminal
}

/** A browser: its screen, roughly, as text. */
function look(terminal: Terminal) {
  let seen = ''
  let isBehind = false
  const exits: number[] = []
  const viewer: Viewer = {
    restore: (snapshot) => {
      seen = snapshot
    },
    write: (text) => {
      seen = (seen + text).slice(-3_000_000)
    },
    isBehind: () => isBehind,
    exited: (code) => exits.push(code),
    resized: () => {},
  }
  terminal.addViewer(viewer)
  return {
    seen: () => seen,
    exits,
    sees: (text: string | RegExp) => expect.poll(() => seen, { timeout: 10_000 }).toMatch(text),
    type: (text: string) => terminal.input(Buffer.from(text)),
    setBehind(value: boolean) {
      isBehind = value
      terminal.flow()
    },
    leave: () => terminal.removeViewer(viewer),
  }
}

describe.skipIf(!tmux)('a shell that tmux keeps', () => {
  it('passes on what is typed and what is answered, byte for byte, and tells of each command once', async () => {
    const commands: string[] = []
    const browser = look(openTerminal(commands))
    await browser.sees('student@lab')
    browser.type('echo "grüß-$((40+2))"; printf "\\\\ 100%%\\n"\r')
    await browser.sees('grüß-42')
    await browser.sees(/^\\ 100%\r?$/m)
    await expect.poll(() => commands, { timeout: 5_000 }).toEqual(['echo "grüß-$((40+2))"; printf "\\\\ 100%%\\n"'])
    browser.type('\r\r')
    browser.type('echo two\r')
    await expect.poll(() => commands, { timeout: 5_000 }).toEqual([expect.any(String), 'echo two'])
  })

  it('is found again with its screen and its past by another lab, also behind a full-screen program', async () => {
    const first = openTerminal()
    const before = look(first)
    await before.sees('student@lab')
    first.resize(90, 20)
    before.type('secret=42; for i in $(seq 1 60); do echo line-$i-x; done; printf "\\033[31mred\\033[0m\\n"\r')
    await before.sees('line-60-x')
    await before.sees('red')
    before.type('vi\r')
    await before.sees(/~[\s\S]{1,200}~[\s\S]{1,200}~[\s\S]{1,200}~/)
    await first.stop()

    const second = openTerminal()
    second.resize(90, 20)
    const after = look(second)
    await after.sees('line-1-x')
    await after.sees(/~[\s\S]{1,40}~[\s\S]{1,40}~/)
    expect(after.seen()).toContain('\u001b[?1049h')
    after.type('\u001b:q!\r')
    await after.sees(/1049l[\s\S]*student@lab/)
    after.type('echo still-$secret\r')
    await after.sees('still-42')
  })

  it('comes back by itself when the stream breaks, with what was said meanwhile', async () => {
    const browser = look(openTerminal())
    await browser.sees('student@lab')
    browser.type('sleep 0.3; echo meanwhile-$((1+1))\r')
    await browser.sees('meanwhile-')
    links.at(-1)?.kill('SIGKILL')
    await browser.sees('meanwhile-2')
    browser.type('echo after-$((2+2))\r')
    await browser.sees('after-4')
    expect(browser.exits).toEqual([])
  })

  it('asks tmux nothing before it has a session', async () => {
    const written: string[] = []
    let say = (_text: string) => {}
    const link: ExecStream = {
      write: (data) => void written.push(String(data)),
      onData: (handler) => {
        say = (text) => handler(Buffer.from(text))
      },
      pause() {},
      resume() {},
      close() {},
      closed: new Promise(() => {}),
    }
    const ignore = () => {}
    const events = { onOutput: ignore, onScreen: ignore, onExit: ignore }
    const shell = await attachKeptShell(async () => link, { cols: 80, rows: 24 }, events)
    shell.write(Buffer.from('x'))
    expect(written).toEqual([])
    say('%begin 1 269 0\n%end 1 269 0\n%window-add @0\n%session-changed $0 student\n')
    expect(written.map((command) => command.split(' ')[0])).toEqual(['refresh-client', 'display-message', 'send-keys'])
    await shell.stop()
  })

  it('tells the exit code, and starts anew at the next key', async () => {
    const browser = look(openTerminal())
    await browser.sees('student@lab')
    browser.type('exit 7\r')
    await expect.poll(() => browser.exits, { timeout: 5_000 }).toEqual([7])
    browser.type('x')
    await browser.sees('student@lab')
    browser.type('echo new-$((3+3))\r')
    await browser.sees('new-6')
  })

  it('waits for a browser that does not read, loses nothing, and hears Ctrl-C', async () => {
    const browser = look(openTerminal())
    await browser.sees('student@lab')
    browser.setBehind(true)
    browser.type('seq 1 50000; echo end-$((1+1))\r')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const length = browser.seen().length
    expect(length).toBeLessThan(1_000_000)
    browser.setBehind(false)
    await browser.sees('end-2')
    const numbers = [...browser.seen().matchAll(/^(\d+)\r$/gm)].map(([, number]) => Number(number))
    expect(numbers).toHaveLength(50_000)
    expect(numbers.every((number, index) => number === index + 1)).toBe(true)
    browser.type('yes\r')
    await browser.sees(/y\r\ny\r\ny/)
    browser.type('\u0003')
    await browser.sees('^C')
    browser.type('echo free-$((4+4))\r')
    await browser.sees('free-8')
  })
})

it('does not type what browsers answer to questions of programs: tmux has answered', () => {
  for (const reply of ['\u001b[?1;2c', '\u001b[>0;276;0c', '\u001b[0n', '\u001b[24;80R'])
    expect(isReply(Buffer.from(reply))).toBe(true)
  for (const key of ['\u001b[A', '\u001b[1;2R', 'c', '\u001b', '\u001b[200~x\u001b[201~'])
    expect(isReply(Buffer.from(key))).toBe(false)
})

it('undoes the escapes of control mode', () => {
  expect(unescapeOutput(Buffer.from('a\\033[0m\\015\\012\\134é')).toString()).toBe('a\u001b[0m\r\n\\é')
})
