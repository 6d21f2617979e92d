// How tests run a kubectl against a server of their own, over each transport that it knows.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kubectl, kubectls } from './kubectls.ts'

/** What a command printed and how it ended. */
export interface Outcome {
  stdout: string
  stderr: string
  exitCode: number | null
}

const overSpdy = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }

/** Every kubectl with every transport that it has. */
export const kubectlsByTransport: Kubectl[] = kubectls.flatMap((kubectl) => [
  kubectl,
  ...(kubectl.minor >= 30 ? [{ ...kubectl, name: `${kubectl.name} over SPDY`, env: overSpdy }] : []),
])

/** Runs kubectl to its end; `input` is all of its standard input. */
export function run(
  { binary, env }: Kubectl,
  args: string[],
  { kubeconfig, input }: { kubeconfig: string; input?: string | Buffer },
): Promise<Outcome & { bytes: Buffer }> {
  const child = spawn(binary, args, {
    env: { PATH: process.env.PATH, HOME: tmpdir(), KUBECONFIG: kubeconfig, ...env },
    timeout: 60_000,
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => {
      const bytes = Buffer.concat(out)
      resolve({ bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString(), exitCode })
    })
  })
}

/** Keeps a kubeconfig in a file of its own until `remove`. */
export function keepKubeconfig(text: string): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-test-'))
  const path = join(folder, 'kubeconfig')
  writeFileSync(path, text, { mode: 0o600 })
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
