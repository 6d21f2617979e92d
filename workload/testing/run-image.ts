// Starts a container of the image table for tests, without a cluster: one process on this machine's loopback.
import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Image } from '../../lab-server/src/cluster/kubelet/container-runtime.ts'

export interface RunOptions {
  env?: Record<string, string>
  /** Command line; the image's own unless given. */
  argv?: string[]
  /** Files beside those of the image. */
  files?: Record<string, string>
  readOnly?: string[]
  /** Keep the files of an earlier container. */
  rootDir?: string
}

export interface RunningImage {
  readonly rootDir: string
  /** Port of this machine behind the image's port. */
  readonly port: number
  /** All output so far. */
  output(): string
  readonly exited: Promise<number>
  stop(signal?: NodeJS.Signals): Promise<number>
  remove(): void
}

/** Who containers run as when the tests run as root, which PostgreSQL refuses to be. */
const nobody = { uid: 65_534, gid: 65_534 }

/** Starts the image; its port is any free one. */
export async function runImage(image: Image, options: RunOptions = {}): Promise<RunningImage> {
  const rootDir = options.rootDir ?? mkdtempSync(join(tmpdir(), 'image-'))
  const isRoot = process.getuid?.() === 0
  if (options.rootDir === undefined) layOut(rootDir, { ...image.files, ...options.files }, isRoot)
  const port = await findPort()
  const argv = options.argv ?? [...image.entrypoint, ...image.cmd]
  const program = Object.entries(image.programs).find(([path]) => path === argv[0] || path.endsWith(`/${argv[0]}`))?.[1]
  if (!program) throw new Error(`the image has no program ${argv[0]}`)
  const command = program({
    argv,
    env: { ...image.env, ...options.env },
    rootDir,
    hostPath: (path) => join(rootDir, path),
    workingDir: image.workingDir,
    podIp: '127.0.0.1',
    hostPort: () => port,
    isReadOnly: (path) => (options.readOnly ?? []).some((folder) => path.startsWith(folder)),
  })
  const [file = '', ...args] = command.command
  const child = spawn(file, args, { env: command.env, ...(isRoot ? nobody : {}), stdio: ['ignore', 'pipe', 'pipe'] })
  return describe(child, rootDir, port)
}

function describe(child: ChildProcess, rootDir: string, port: number): RunningImage {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk))
  const exited = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  return {
    rootDir,
    port,
    output: () => text,
    exited,
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
    remove: () => rmSync(rootDir, { recursive: true, force: true }),
  }
}

function layOut(rootDir: string, files: Record<string, string>, isRoot: boolean): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(rootDir, path)), { recursive: true })
    writeFileSync(join(rootDir, path), content)
  }
  if (!isRoot) return
  for (const path of ['', ...readdirSync(rootDir, { recursive: true, encoding: 'utf8' })]) {
    chownSync(join(rootDir, path), nobody.uid, nobody.gid)
  }
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
