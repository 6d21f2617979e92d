// One connection: a request, its answer, the end.
import type { ByteReader, ByteWriter } from '../../byte-stream.ts'
import type { Task } from '../../task.ts'
import { cgiFolder, runCgi } from './cgi.ts'
import { readRequest } from './request.ts'
import { type HttpdSite, refuse, serveFile } from './serve-file.ts'

export interface HttpdConnection {
  task: Task
  site: HttpdSite
  input: ByteReader
  output: ByteWriter
  peer: { address: string; port: number }
  /** How many `-v` there were. */
  verbosity: number
}

/** Answers the one request of a connection, and logs it. */
export async function answer(connection: HttpdConnection): Promise<void> {
  const { task, site, input, output, peer, verbosity } = connection
  const log = async (message: string) => {
    if (verbosity > 0) await task.stderr.write(`${peer.address}:${peer.port}: ${message}\n`)
  }
  const request = await readRequest(input)
  if (request === undefined) return
  if (typeof request === 'number') return log(`response:${await refuse(request, output)}`)
  if (verbosity > 1) await log(`url:${request.path}`)
  const isCgi = request.path.startsWith(cgiFolder)
  const isPlain = request.method === 'GET' || request.method === 'HEAD'
  const status = isCgi
    ? await runCgi({ task, site, request, input, output, peer, complain: log })
    : isPlain
      ? await serveFile(site, request, output)
      : await refuse(501, output)
  if (status !== undefined) await log(`response:${status}`)
}
