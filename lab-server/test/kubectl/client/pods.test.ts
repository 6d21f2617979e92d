// Inside a pod, as the JavaScript client library goes there: exec, attach, copy, logs and forwarded ports.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Attach, Cp, Exec, Log, PortForward, type V1Status } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { places } from '../places.ts'
import { type ClientPlace, openClientPlace } from './client-place.ts'

describe.each(places)('$name', (place) => {
  let at: ClientPlace
  beforeAll(async () => {
    at = await openClientPlace(place, 'client-pods')
    const { namespace } = at
    const pods = [
      {
        metadata: { name: 'box', labels: { app: 'box' } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            { name: 'web', image: 'nginx:1.25', readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 } },
            { name: 'side', image: 'busybox:1.36', command: ['sleep', '3600'] },
            {
              name: 'echo',
              image: 'busybox:1.36',
              stdin: true,
              command: ['sh', '-c', 'while read x; do echo "heard $x"; done'],
            },
          ],
        },
      },
      {
        metadata: { name: 'writer' },
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'c',
              image: 'busybox:1.36',
              command: ['sh', '-c', 'for i in 1 2 3 4 5; do echo line $i; sleep 0.2; done'],
            },
          ],
        },
      },
    ]
    for (const body of pods) await at.core.createNamespacedPod({ namespace, body })
    const isReady = async () =>
      (await at.core.readNamespacedPod({ namespace, name: 'box' })).status?.conditions?.find(
        ({ type }) => type === 'Ready',
      )?.status
    await eventually(async () => expect(await isReady()).toBe('True'), 90_000)
  })
  afterAll(() => at?.stop())

  async function exec(container: string, command: string[], stdin: PassThrough | null = null, tty = false) {
    const [out, err] = [new PassThrough(), new PassThrough()]
    const [printed, complained] = [text(out), text(err)]
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(at.config)
        .exec(at.namespace, 'box', container, command, out, tty ? null : err, stdin, tty, resolve)
        .catch(reject)
    })
    out.end()
    err.end()
    return { out: await printed, err: await complained, status }
  }

  it('runs a command and keeps its outputs apart', async () => {
    const { out, err, status } = await exec('side', ['sh', '-c', 'echo out; echo err >&2'])
    expect({ out, err, status: status.status }).toEqual({ out: 'out\n', err: 'err\n', status: 'Success' })
  })

  it('tells how a command ended', async () => {
    const { status } = await exec('side', ['sh', '-c', 'exit 7'])
    expect(status).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      message: 'command terminated with non-zero exit code: error executing command [sh -c exit 7], exit code 7',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    })
  })

  it('feeds a command', async () => {
    const stdin = new PassThrough()
    stdin.write('one\ntwo\n')
    const { out } = await exec('side', ['sh', '-c', 'read a; read b; echo $b $a'], stdin)
    expect(out).toBe('two one\n')
  })

  it('carries a megabyte', async () => {
    const { out } = await exec('side', ['sh', '-c', 'head -c 1000000 /dev/zero | tr "\\0" x'])
    expect(out.length).toBe(1_000_000)
  })

  it('gives a terminal', async () => {
    const { out } = await exec('side', ['sh', '-c', 'tty; echo one'], null, true)
    expect(out).toMatch(/^\/dev\/pts\/\d+\r\none\r\n$/)
  })

  it('runs five commands at once', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map((number) => exec('side', ['echo', String(number)])))
    expect(answers.map(({ out }) => out)).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n'])
  })

  it('attaches to a container that reads', async () => {
    const [out, stdin] = [new PassThrough(), new PassThrough()]
    const socket = await new Attach(at.config).attach(at.namespace, 'box', 'echo', out, null, stdin, false)
    stdin.write('you\n')
    const [chunk] = await once(out, 'data')
    expect(String(chunk)).toBe('heard you\n')
    socket.close()
  })

  it('copies a folder into a container', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'client-copy-'))
    writeFileSync(join(folder, 'carried'), 'carried\n')
    // It resolves before the copy is there.
    await new Cp(at.config).cpToPod(at.namespace, 'box', 'side', folder, '/tmp')
    await eventually(async () => expect((await exec('side', ['cat', '/tmp/carried'])).out).toBe('carried\n'))
    rmSync(folder, { recursive: true })
  })

  async function logs(options: object, pod = 'writer', container = 'c'): Promise<string> {
    const out = new PassThrough()
    const all = text(out)
    await new Log(at.config).log(at.namespace, pod, container, out, options)
    return all
  }

  it('follows logs to their end', async () => {
    expect(await logs({ follow: true })).toBe('line 1\nline 2\nline 3\nline 4\nline 5\n')
  })

  it('reads the last lines, so many bytes, and times', async () => {
    expect(await logs({ tailLines: 2 })).toBe('line 4\nline 5\n')
    expect(await logs({ limitBytes: 9 })).toBe('line 1\nli')
    expect(await logs({ tailLines: 1, timestamps: true })).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z line 5\n$/)
    expect(await logs({ sinceTime: '2999-01-01T00:00:00Z' })).toBe('')
  })

  it('refuses logs of a container that has not run before', async () => {
    await expect(logs({ previous: true })).rejects.toMatchObject({ code: 400 })
  })

  it('forwards a port', async () => {
    const forward = new PortForward(at.config)
    const local = createServer((socket) => {
      void forward.portForward(at.namespace, 'box', [80], socket, null, socket)
    }).listen(0, '127.0.0.1')
    await once(local, 'listening')
    const client = connect((local.address() as AddressInfo).port, '127.0.0.1')
    client.write('GET / HTTP/1.0\r\nHost: box\r\n\r\n')
    const [answer] = await once(client, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/)
    client.destroy()
    local.close()
  })

  it('reads through the proxy of a pod', async () => {
    const page = await at.core.connectGetNamespacedPodProxyWithPath({
      namespace: at.namespace,
      name: 'box:80',
      path: 'index.html',
    })
    expect(page).toContain('Welcome to nginx!')
  })
})
