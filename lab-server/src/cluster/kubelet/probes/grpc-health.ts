// The gRPC health check (grpc.health.v1.Health/Check), spoken by hand: one unary call of two tiny messages.
import { connect, constants } from 'node:http2'
import type { KubeletContext } from '../kubelet-context.ts'
import { DialError, dial } from './dial.ts'
import type { ProbeOutcome } from './probe-fold.ts'

const statusNames = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

/** Asks the health service of a pod for `service`. */
export async function grpcHealth(
  context: KubeletContext,
  { port, timeoutMs, podIp, service }: { port: number; timeoutMs: number; podIp: string; service: string },
): Promise<ProbeOutcome> {
  const address = `${podIp}:${port}`
  const unreachable = `timeout: failed to connect service "${address}" within ${timeoutMs / 1000}s: context deadline exceeded`
  let timer: { cancel(): void } | undefined
  try {
    const socket = await dial(context, { host: podIp, port, timeoutMs, podIp })
    const session = connect(`http://${address}`, { createConnection: () => socket })
    timer = context.clock.after(timeoutMs, () => session.destroy(new Error(unreachable)))
    try {
      const { grpcStatus, body } = await check(session, service)
      if (grpcStatus === 12)
        return {
          kind: 'failure',
          message: 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health)',
        }
      if (grpcStatus !== 0) return { kind: 'failure', message: `service unhealthy (grpc status ${grpcStatus})` }
      const serving = body.length >= 7 && body[5] === 0x08 ? (body[6] ?? 0) : 0
      if (serving === 1) return { kind: 'success' }
      return { kind: 'failure', message: `service unhealthy (responded with "${statusNames[serving] ?? 'UNKNOWN'}")` }
    } finally {
      session.destroy()
    }
  } catch (error) {
    const isUnreachable = error instanceof DialError
    return {
      kind: 'failure',
      message: isUnreachable ? unreachable : `error: health rpc failed: ${(error as Error).message}`,
    }
  } finally {
    timer?.cancel()
  }
}

function check(session: ReturnType<typeof connect>, service: string): Promise<{ grpcStatus: number; body: Buffer }> {
  const name = Buffer.from(service)
  const message = name.length > 0 ? Buffer.concat([Buffer.from([0x0a, name.length]), name]) : Buffer.alloc(0)
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message])
  return new Promise((resolve, reject) => {
    session.once('error', reject)
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'kube-probe/1.36',
    })
    const chunks: Buffer[] = []
    let grpcStatus = 0
    stream.on('response', (headers) => {
      grpcStatus = Number(headers['grpc-status'] ?? 0)
    })
    stream.on('trailers', (trailers) => {
      grpcStatus = Number(trailers['grpc-status'] ?? grpcStatus)
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('end', () => resolve({ grpcStatus, body: Buffer.concat(chunks) }))
    stream.once('error', reject)
    stream.end(frame)
  })
}
