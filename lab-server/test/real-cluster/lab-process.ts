// The lab as a process of its own, to be killed and started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { Attempt } from '../../src/contract/attempts.ts'

export interface LabProcess {
  readonly child: ChildProcess
  /** Opens a socket of the API. */
  socket(path: string): WebSocket
  /** What it has printed. */
  log(): string
  ask<T>(method: string, path: string, body?: object): Promise<T>
  /** Resolves when an attempt is in one of the states. */
  inState(id: string, states: Attempt['state'][], timeoutMs?: number): Promise<Attempt>
  /** Ends it at once; resolves when it is gone. */
  kill(): Promise<void>
}

const main = join(import.meta.dirname, '../../src/main.ts')
const startTimeoutMs = 330_000
const token = 'a-token-for-tests'

/** Starts `lab serve` with these variables and waits until it serves. */
export async function startLabProcess(env: Record<string, string>): Promise<LabProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'serve'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LAB_PORT: '0', LAB_INSTRUCTOR_TOKEN: token, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the lab did not start:\n${output}`)), startTimeoutMs)
    const read = (chunk: Buffer) => {
      output = (output + chunk).slice(-20_000)
      const found = /Open {2}(http:\/\/[^/\s]+)\//.exec(output)?.[1]
      if (!found) return
      clearTimeout(timer)
      resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void exited.then(() => reject(new Error(`the lab ended:\n${output}`)))
  })

  const ask: LabProcess['ask'] = async <T>(method: string, path: string, body?: object) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return {
    child,
    socket: (path) =>
      new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } }),
    log: () => output,
    ask,
    async inState(id, states, timeoutMs = 180_000) {
      const deadline = Date.now() + timeoutMs
      for (;;) {
        const attempt = await ask<Attempt>('GET', `/attempts/${id}`)
        if (states.includes(attempt.state)) return attempt
        if (Date.now() > deadline || attempt.state === 'failed') {
          const open = [...attempt.checks, ...attempt.invariants].filter(({ status }) => status !== 'passed')
          throw new Error(
            `${id} is ${attempt.state} (${attempt.problem}), not ${states.join(' or ')}: ${JSON.stringify(open)}\n${output}`,
          )
        }
        await new Promise((resolve) => setTimeout(resolve, 150))
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
