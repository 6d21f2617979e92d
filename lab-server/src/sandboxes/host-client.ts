// The lab's side of the protocol: starts the host or finds a running one, and asks it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { request } from 'node:http'
import { compileCacheEnv } from '../cluster/compile-cache.ts'
import { hostSocketPath } from './protocol.ts'

export interface HostClient {
  ask<T>(method: 'GET' | 'PUT' | 'DELETE' | 'POST', path: string): Promise<T | undefined>
  /** Ends the host and everything in it. */
  stop(): Promise<void>
}

function call(socketPath: string, method: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** Keeps a connection open that tells the host somebody needs it; resolves with the host's process id. */
function hold(socketPath: string, onLost: () => void): Promise<{ pid: number; close(): void }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path: '/hold', agent: false }, (response) => {
      response.setEncoding('utf8')
      response.once('data', (text: string) => resolve({ pid: Number(text), close: () => outgoing.destroy() }))
      response.on('close', onLost)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

async function startHost(
  { network, speed = 1, onLog }: HostOptions,
  socketPath: string,
  clustersDir: string,
): Promise<void> {
  const program = new URL('./host-main.ts', import.meta.url).pathname
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--max-semi-space-size=8',
      program,
      socketPath,
      clustersDir,
      network,
      `${speed}`,
    ],
    {
      env: { ...process.env, ...compileCacheEnv() },
      // A group of its own: a Ctrl-C meant for the lab must not take the clusters first.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  )
  child.stderr?.setEncoding('utf8').on('data', (text: string) => onLog(text.trimEnd()))
  const outcome = await Promise.race([
    once(child, 'message').then(() => 'ready'),
    once(child, 'exit').then(([code]) => `ended with code ${code}`),
  ])
  if (outcome !== 'ready') throw new Error(`The process for the embedded clusters ${outcome}.`)
  child.unref()
  ;(child.stderr as unknown as { unref?(): void } | null)?.unref?.()
}

export interface HostOptions {
  dataDir: string
  /** Which network level clusters get: `auto`, `isolated` or `portable`. */
  network: string
  /** How much faster than life the clusters' clocks run; 1 when not set. */
  speed?: number
  onLog(line: string): void
  /** The host has died; the next call starts it again. */
  onLost(): void
}

/** Connects to the host of a data folder, starting it when there is none. */
export async function connectHost(options: HostOptions): Promise<HostClient> {
  const { dataDir } = options
  const socketPath = hostSocketPath(dataDir)
  const clustersDir = `${dataDir}/clusters`
  await mkdir(clustersDir, { recursive: true, mode: 0o711 })
  let held: Promise<{ pid: number; close(): void }> | undefined
  let stopped = false

  const connect = (): Promise<{ pid: number; close(): void }> => {
    held ??= (async () => {
      const lost = () => {
        held = undefined
        if (stopped) return
        options.onLog('The process with the embedded clusters has ended; it is started again.')
        options.onLost()
      }
      try {
        return await hold(socketPath, lost)
      } catch {
        await startHost(options, socketPath, clustersDir)
        return await hold(socketPath, lost)
      }
    })()
    held.catch(() => {
      held = undefined
    })
    return held
  }
  await connect()

  return {
    async ask<T>(method: string, path: string) {
      await connect()
      const { status, body } = await call(socketPath, method, path)
      if (status === 404) return undefined
      const answer = JSON.parse(body)
      if (status !== 200) throw new Error(answer.message)
      return answer as T
    },
    async stop() {
      stopped = true
      const current = await held?.catch(() => undefined)
      if (!current) return
      const ended = new Promise<void>((resolve) => {
        const watch = request({ socketPath, path: '/hold', agent: false }, (response) =>
          response.on('close', resolve).resume(),
        )
        watch.on('error', () => resolve())
        watch.end()
      })
      await call(socketPath, 'POST', '/stop').catch(() => {})
      await ended
      await processGone(current.pid)
    },
  }
}

/** Resolves when the process with this id has ended, or after ten seconds. */
async function processGone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
