// A lab of the benchmark's own: a child process with a data folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface LabProcess {
  url: string
  token: string
  dataDir: string
  pid: number
  startMs: number
  ask<T>(method: string, path: string, body?: unknown): Promise<T>
  stop(): Promise<number>
  /** Kills the process as a crash would, and leaves its data. */
  kill(): Promise<void>
}

const main = fileURLToPath(new URL('../bin/lab.js', import.meta.url))

/** Starts a lab on a free port and waits for its welcome; with `again`, on the data of an earlier one. */
export async function startLabProcess(env: Record<string, string> = {}, again?: string): Promise<LabProcess> {
  const dataDir = again ?? (await mkdtemp(join(tmpdir(), 'lab-bench-')))
  await chmod(dataDir, 0o711)
  const started = performance.now()
  const child: ChildProcess = spawn(process.execPath, [main, 'serve', '--port', '0', '--data-dir', dataDir], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const found = /Open\s+(\S+)/.exec(output)?.[1]
      if (found) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`the lab ended with code ${code}`)))
  })
  const url = address.split('/#')[0] ?? address
  const token = address.split('token=')[1] ?? ''
  return {
    url,
    token,
    dataDir,
    pid: child.pid ?? 0,
    startMs: performance.now() - started,
    async ask<T>(method: string, path: string, body?: unknown) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text) as T
    },
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    async stop() {
      const begun = performance.now()
      child.kill('SIGINT')
      if (child.exitCode === null) await once(child, 'exit')
      await rm(dataDir, { recursive: true, force: true })
      return performance.now() - begun
    },
  }
}
