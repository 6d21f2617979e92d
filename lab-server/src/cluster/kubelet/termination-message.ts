import { open } from 'node:fs/promises'
import type { ExitStatus, LogBuffer } from './container-runtime.ts'
import type { PodContainer } from './pod-containers.ts'

const maxMessageBytes = 4096
const maxLogBytes = 2048
const maxLogLines = 80

/** What an ended container left to say: its message file or, where its policy allows, the end of its log. */
export async function terminationMessage(
  { spec }: PodContainer,
  { end, messageFile, logs }: { end: ExitStatus; messageFile: string; logs: LogBuffer },
): Promise<string | undefined> {
  const written = await readStart(messageFile)
  if (written) return written
  if (spec.terminationMessagePolicy !== 'FallbackToLogsOnError' || end.exitCode === 0) return undefined

  const chunks: string[] = []
  for await (const chunk of logs.read({ tailLines: maxLogLines })) chunks.push(chunk)
  const text = Buffer.from(chunks.join(''))
  return text.subarray(Math.max(0, text.length - maxLogBytes)).toString('utf8')
}

async function readStart(file: string): Promise<string | undefined> {
  const handle = await open(file).catch(() => undefined)
  if (!handle) return undefined
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxMessageBytes), 0, maxMessageBytes, 0)
    return buffer.subarray(0, bytesRead).toString('utf8')
  } finally {
    await handle.close()
  }
}
