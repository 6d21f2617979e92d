import { Writable } from 'node:stream'
import type { RunningContainer } from '../container-runtime.ts'

/** How a command in a container ended. */
export type CapturedExec =
  | { kind: 'exited'; exitCode: number; output: string }
  | { kind: 'aborted'; message: string }
  | { kind: 'unstarted'; message: string }

const maxOutputBytes = 10 * 1024

/** Runs a command in the container and keeps the start of what it prints, both streams together. */
export async function captureExec(
  running: RunningContainer,
  command: string[],
  { signal }: { signal: AbortSignal },
): Promise<CapturedExec> {
  const chunks: Buffer[] = []
  let size = 0
  const sink = () =>
    new Writable({
      write(chunk: Buffer | string, _encoding, done) {
        const bytes = Buffer.from(chunk)
        if (size < maxOutputBytes) chunks.push(bytes.subarray(0, maxOutputBytes - size))
        size += bytes.length
        done()
      },
    })
  const stdout = sink()
  const stderr = sink()
  const exec = running.exec(command, { stdout, stderr, tty: false })
  const aborted = new Promise<CapturedExec>((resolve) => {
    const abort = () => {
      exec.kill()
      resolve({ kind: 'aborted', message: 'command was interrupted' })
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  const exited = exec.exited.then(
    ({ exitCode }): CapturedExec => ({ kind: 'exited', exitCode, output: Buffer.concat(chunks).toString('utf8') }),
    (error: unknown): CapturedExec => {
      const why = error instanceof Error ? error.message : String(error)
      // The runtime speaks to exec's callers; its own layer's words are what probes and hooks show.
      const message = `rpc error: code = Unknown desc = failed to exec in container: ${why.replace(/^.*failed to exec in container: /, '')}`
      return { kind: 'unstarted', message }
    },
  )
  return Promise.race([exited, aborted])
}
