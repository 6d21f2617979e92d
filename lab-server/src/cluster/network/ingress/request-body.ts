// Takes the whole body of a request before it is passed on, as nginx does by default, so that a refused connection
// can be tried again elsewhere.
import type { IncomingMessage } from 'node:http'

const mostBytes = 256 * 1024 * 1024

/** The body; undefined when there is none, `too-large` as soon as it passes the limit (0 is any size). */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | undefined | 'too-large'> {
  const limit = limitBytes === 0 ? mostBytes : limitBytes
  const announced = request.headers['content-length']
  if (announced === undefined && request.headers['transfer-encoding'] === undefined) return undefined
  if (Number(announced ?? 0) > limit) return 'too-large'
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > limit) return 'too-large'
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
