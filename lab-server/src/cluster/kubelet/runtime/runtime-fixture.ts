// For tests: a runtime in a folder of its own, and containers in it without ceremony.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type Clock, makeClock } from '../../clock.ts'
import type { ContainerSpec, ExitStatus, Image, RunningContainer, Streams } from '../container-runtime.ts'
import { makeFakeNetwork } from './fake-network.ts'
import { makeProcessRuntime, type ProcessRuntime } from './process-runtime.ts'

export interface CommandOutput extends ExitStatus {
  stdout: string
  stderr: string
}

export interface RuntimeFixture {
  runtime: ProcessRuntime
  dataDir: string
  start(change: Partial<Omit<ContainerSpec, 'image'>> & { image?: string | Image }): Promise<RunningContainer>
  stop(): Promise<void>
}

const resolvConf =
  'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 127.43.7.10\noptions ndots:5\n'

/** Makes a runtime whose network knows `names`. */
export function makeRuntimeFixture({
  images = [],
  names = {},
  clock = makeClock(),
}: {
  images?: Image[]
  names?: Record<string, string[]>
  clock?: Clock
} = {}): RuntimeFixture {
  const dataDir = mkdtempSync(join(tmpdir(), 'runtime-'))
  chmodSync(dataDir, 0o711)
  const runtime = makeProcessRuntime({ images, network: makeFakeNetwork(names), dataDir, clock })
  return {
    runtime,
    dataDir,
    start({ image: wanted = 'busybox', ...change }) {
      const image = typeof wanted === 'string' ? runtime.findImage(wanted) : wanted
      if (!image) throw new Error(`no image ${String(wanted)}`)
      return runtime.start({
        podUid: 'uid',
        podName: 'pod',
        namespace: 'shop',
        containerName: 'main',
        image,
        command: [],
        args: [],
        env: {},
        mounts: [],
        podIp: '127.42.7.2',
        hostname: 'pod',
        hosts: '127.0.0.1\tlocalhost\n127.42.7.2\tpod\n',
        resolvConf,
        user: 0,
        readOnlyRootFilesystem: false,
        tty: false,
        stdin: false,
        ...change,
      })
    },
    async stop() {
      await runtime.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Runs a command in a container and collects what it says. */
export async function execute(container: RunningContainer, command: string[], input?: string): Promise<CommandOutput> {
  const stdout = collect()
  const stderr = collect()
  const stdin = new PassThrough()
  stdin.end(input ?? '')
  const streams: Streams = {
    stdin: input === undefined ? undefined : stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    tty: false,
  }
  const status = await container.exec(command, streams).exited
  return { ...status, stdout: stdout.text(), stderr: stderr.text() }
}

/** A stream that remembers what was written. */
export function collect(): { stream: PassThrough; text(): string; waitFor(pattern: RegExp): Promise<string> } {
  const stream = new PassThrough()
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return {
    stream,
    text: () => text,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${String(pattern)} in ${JSON.stringify(text)}`)), 8000)
        const look = () => {
          if (!pattern.test(text)) return
          clearTimeout(timer)
          stream.off('data', look)
          resolve(text)
        }
        stream.on('data', look)
        look()
      }),
  }
}

/** All lines of a log, as one text. */
export async function readLog(
  container: RunningContainer,
  options: Parameters<RunningContainer['logs']['read']>[0] = {},
): Promise<string> {
  let text = ''
  for await (const line of container.logs.read(options)) text += line
  return text
}
