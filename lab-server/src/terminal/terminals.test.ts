import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket as Client, type WebSocket, WebSocketServer } from 'ws'
import { parseRequest } from './client.ts'
import { takeCommands } from './commands.ts'
import { findOnPath } from './kubectl.ts'
import { startTerminals, type Terminals } from './terminals.ts'

let folder: string
let terminals: Terminals
let server: WebSocketServer
const commands: string[] = []
const kubectl = await findOnPath('kubectl')

/** A browser's side of the socket: collects output and acknowledges it. */
function connectBrowser(options: { acknowledge?: boolean } = {}) {
  const socket = new Client(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const notices: { type: string }[] = []
  let output = ''
  let bytes = 0
  const waiting = new Set<() => void>()
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      const text = (data as Buffer).toString('utf8')
      bytes += (data as Buffer).length
      output = (output + text).slice(-300_000)
      if (options.acknowledge !== false) socket.send(JSON.stringify({ type: 'ack', characters: text.length }))
    } else notices.push(JSON.parse(String(data)))
    for (const wake of waiting) wake()
  })
  const until = <T>(found: () => T | undefined | false): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not seen; the terminal shows:\n${output.slice(-2000)}`)), 15_000)
      const look = () => {
        const value = found()
        if (value === undefined || value === false) return
        clearTimeout(timer)
        waiting.delete(look)
        resolve(value)
      }
      waiting.add(look)
      look()
    })
  return {
    socket,
    notices,
    until,
    type: (text: string) => socket.send(Buffer.from(text)),
    output: () => output,
    bytes: () => bytes,
    sees: (text: string) => until(() => output.includes(text)),
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terminals-'))
  await chmod(folder, 0o711)
  commands.length = 0
  terminals = await startTerminals({ dataDir: folder, kubectl: kubectl ?? '' })
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  server.on('connection', (socket: WebSocket) => terminals.attach('a1', socket))
})

afterEach(async () => {
  for (const client of server.clients) client.terminate()
  server.close()
  await terminals.stop()
  await rm(folder, { recursive: true, force: true })
})

const open = (apiServer = { host: '127.0.0.1', port: 1 }) =>
  terminals.open('a1', {
    kubeconfig: 'apiVersion: v1\nkind: Config\n',
    apiServer,
    onCommand: (command) => commands.push(command),
  })

describe.skipIf(!kubectl)('a terminal', () => {
  test('keeps its shell and its screen across a reload', async () => {
    await open()
    const first = connectBrowser()
    await first.sees('student@lab')
    first.type('cd /tmp; secret=42; echo marker-$((40+2))\r')
    await first.sees('marker-42')
    first.socket.close()

    const second = connectBrowser()
    await second.sees('marker-42')
    second.type('echo again-$secret-$PWD\r')
    await second.sees('again-42-/tmp')
    expect(second.notices.map((notice) => notice.type)).toEqual(['ready', 'snapshot'])
  })

  test('pauses a flood for a browser that does not read, and Ctrl-C still works at once', async () => {
    await open()
    const browser = connectBrowser({ acknowledge: false })
    await browser.sees('student@lab')
    browser.type('yes\r')
    await browser.until(() => browser.bytes() > 100_000)
    const atPause = browser.bytes()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(browser.bytes() - atPause).toBeLessThan(300_000)
    browser.type('\x03')
    browser.socket.send(JSON.stringify({ type: 'ack', characters: 10_000_000 }))
    await browser.sees('^C')
    browser.socket.send(JSON.stringify({ type: 'ack', characters: 10_000_000 }))
    browser.type('echo still-$((1+1))\r')
    await browser.sees('still-2')
  })

  test('takes the size of the page and tells the shell', async () => {
    await open()
    const browser = connectBrowser()
    await browser.sees('student@lab')
    browser.socket.send(JSON.stringify({ type: 'resize', cols: 101, rows: 33 }))
    browser.type('stty size\r')
    await browser.sees('33 101')
  })

  test('says when the shell has ended and starts a new one at the next key', async () => {
    await open()
    const browser = connectBrowser()
    await browser.sees('student@lab')
    browser.type('exit 3\r')
    const exit = await browser.until(() => browser.notices.find((notice) => notice.type === 'exit'))
    expect(exit).toEqual({ type: 'exit', code: 3 })
    browser.type('\r')
    await browser.until(() => browser.output().split('student@lab').length > 2)
  })

  test('reports the commands that were entered', async () => {
    await open()
    const browser = connectBrowser()
    await browser.sees('student@lab')
    browser.type('echo one-$((1+1))\r')
    await browser.sees('one-2')
    browser.type('echo two\r')
    await vi.waitFor(() => expect(commands).toEqual(['echo one-$((1+1))', 'echo two']), { timeout: 10_000 })
  })

  test('completes kubectl and its alias', async () => {
    await open()
    const browser = connectBrowser()
    await browser.sees('student@lab')
    browser.type('k rollo\t')
    await browser.sees('k rollout')
  })

  test('closes the socket of an attempt without a terminal, with a reason', async () => {
    const browser = connectBrowser()
    const [code, reason] = await new Promise<[number, Buffer]>((resolve) =>
      browser.socket.on('close', (...args) => resolve(args)),
    )
    expect(code).toBe(4404)
    expect(String(reason)).toContain('no terminal')
  })
})

describe.skipIf(!kubectl)('an isolated shell', () => {
  test('reaches its API server and nothing else of this machine', async ({ skip }) => {
    if (terminals.isolation !== 'isolated') skip('bubblewrap does not work here')
    const api = createServer((_, response) => response.end('the-api')).listen(0, '127.0.0.1')
    const other = createServer((_, response) => response.end('the-other')).listen(0, '127.0.0.1')
    // A pod of a cluster on loopback addresses, and a server of the machine on all of its addresses.
    const pod = createServer((_, response) => response.end('the-pod')).listen(0, '127.42.255.2')
    const everywhere = createServer((_, response) => response.end('the-machine')).listen(0, '0.0.0.0')
    await Promise.all([api, other, pod, everywhere].map((one) => once(one, 'listening')))
    const port = (of: typeof api) => (of.address() as AddressInfo).port
    try {
      await open({ host: '127.0.0.1', port: port(api) })
      const browser = connectBrowser()
      await browser.sees('student@lab')
      browser.type(`curl -s http://127.0.0.1:${port(api)}/; echo " first $?"\r`)
      await browser.sees('the-api first 0')
      browser.type(`curl -s http://127.0.0.1:${port(other)}/; echo " second $?"\r`)
      await browser.sees(' second 7')
      browser.type(`curl -s http://127.42.255.2:${port(pod)}/; echo " third $?"\r`)
      await browser.sees(' third 7')
      browser.type(`curl -s http://10.42.0.2:80/ http://10.99.0.11:6443/; echo " fourth $?"\r`)
      await browser.sees(' fourth 7')
      browser.type(`curl -s http://127.0.0.1:${port(everywhere)}/; echo " fifth $?"\r`)
      await browser.sees(' fifth 7')
    } finally {
      for (const one of [api, other, pod, everywhere]) one.close()
    }
  })

  test('sees none of the lab: no processes, no files, no environment, no rights', async ({ skip }) => {
    if (terminals.isolation !== 'isolated') skip('bubblewrap does not work here')
    await open()
    const browser = connectBrowser()
    await browser.sees('student@lab')
    browser.type('ls /proc | grep -c "^[0-9]"; ls -d /work /root /home/*; id -u; cat /etc/shadow; env | grep -ci npm\r')
    await browser.sees('/home/student')
    await browser.sees('No such file or directory')
    browser.type('grep CapEff /proc/self/status; touch /usr/x; echo done-$((2+3))\r')
    await browser.sees('0000000000000000')
    await browser.sees('Read-only file system')
    await browser.sees('done-5')
  })

  test('can fill neither the memory nor the disk of this machine', async ({ skip }) => {
    if (terminals.isolation !== 'isolated') skip('bubblewrap does not work here')
    await open()
    const browser = connectBrowser()
    await browser.sees('student@lab')
    browser.type('head -c 200M /dev/zero > /tmp/1; head -c 200M /dev/zero > /tmp/2; du -sm /tmp; rm /tmp/?\r')
    await browser.sees('No space left on device')
    await browser.sees('256\t/tmp')
    browser.type('head -c 300M /dev/zero > ~/large; echo "kept $(($(stat -c %s ~/large) >> 20))"; rm ~/large\r')
    await browser.sees('File size limit exceeded')
    await browser.sees('kept 256')
    browser.type('(ulimit -v; cat /proc/self/oom_score_adj) | xargs echo limits\r')
    await browser.sees('limits 4194304 900')
  })
})

test('a control message that is not one is refused', () => {
  expect(parseRequest('{"type":"resize","cols":80,"rows":24}')).toEqual({ type: 'resize', cols: 80, rows: 24 })
  for (const bad of [
    '',
    '[]',
    'null',
    '{"type":"resize","cols":0,"rows":24}',
    '{"type":"resize","cols":65535,"rows":1}',
    '{"type":"resize","cols":-1,"rows":1}',
    '{"type":"ack","characters":"9"}',
  ]) {
    expect(parseRequest(bad), bad).toBeUndefined()
  }
})

test('history lines become commands, without time stamps and half lines', () => {
  expect(takeCommands('#1700000000\nkubectl get pods\n\nk edit')).toEqual({
    commands: ['kubectl get pods'],
    rest: 'k edit',
  })
})
