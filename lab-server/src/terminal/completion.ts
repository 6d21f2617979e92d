// kubectl's bash completion, which takes a while to print: kept per binary.
import { execFile } from 'node:child_process'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

async function printCompletion(kubectl: string, cacheDir: string): Promise<string> {
  const { mtimeMs, size } = await stat(kubectl)
  const cache = join(cacheDir, `${basename(kubectl)}-${Math.floor(mtimeMs)}-${size}.bash`)
  const cached = await readFile(cache, 'utf8').catch(() => undefined)
  if (cached) return cached
  const env = { HOME: cacheDir, PATH: process.env.PATH }
  const { stdout } = await run(kubectl, ['completion', 'bash'], { timeout: 20_000, maxBuffer: 1 << 22, env })
  await mkdir(cacheDir, { recursive: true })
  await writeFile(cache, stdout)
  return stdout
}

/** Reads the completion script of one kubectl; a class that asks at the same moment waits for one reading. */
export function completionReader(kubectl: string, cacheDir: string): () => Promise<string> {
  let script: Promise<string> | undefined
  return () => {
    script ??= printCompletion(kubectl, cacheDir).catch((error) => {
      script = undefined
      throw error
    })
    return script
  }
}
