// Runs a transcript's command as a user's shell does.
import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { shortLived } from '../../../src/lab/verify/short-lived.ts'
import type { Kubectl } from '../kubectls.ts'

/** A folder to work in, with a kubectl on the path and a kubeconfig of its own. */
export interface Workplace {
  folder: string
  env: Record<string, string>
}

/** What a command printed, in the order in which it came, and how it ended. */
export interface Answer {
  output: string
  exitCode: number
}

/** Makes a workplace in `folder`, which must exist. */
export function makeWorkplace(folder: string, kubectl: Kubectl, kubeconfig: string): Workplace {
  const bin = join(folder, '.bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(kubectl.binary, join(bin, 'kubectl'))
  return {
    folder,
    env: {
      ...kubectl.env,
      PATH: `${bin}:${process.env.PATH}`,
      HOME: folder,
      KUBECONFIG: kubeconfig,
      LC_ALL: 'C',
      ...shortLived,
      TERM: 'xterm',
    },
  }
}

/** Runs one command to its end, at most `timeoutMs` of it. */
export function runCommand(workplace: Workplace, command: string, timeoutMs = 60_000): Promise<Answer> {
  const child = spawn('bash', ['-o', 'pipefail', '-c', command], {
    cwd: workplace.folder,
    env: workplace.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const timer = setTimeout(() => {
    chunks.push(Buffer.from(`\n(killed after ${timeoutMs} ms)`))
    if (child.pid) process.kill(-child.pid, 'SIGKILL')
  }, timeoutMs)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ output: Buffer.concat(chunks).toString(), exitCode: code ?? 137 })
    })
  })
}
