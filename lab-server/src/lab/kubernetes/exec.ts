// Runs a command in a pod over a WebSocket. The channel protocol's version 4 is spoken by every Kubernetes since 1.4.
import { WebSocket } from 'ws'
import type { KubeAccess } from './kubeconfig.ts'
import { KubernetesError, readStatus } from './kubernetes-error.ts'

export interface ExecRequest {
  namespace: string
  pod: string
  container: string
  command: string[]
}

/** A command that runs: its input and output are bytes. */
export interface ExecStream {
  write(data: Buffer | string): void
  /** Takes output; what comes before the first handler is kept for it. */
  onData(handler: (data: Buffer) => void): void
  /** Stops reading: the command waits once the buffers on the way are full. */
  pause(): void
  resume(): void
  /** Closes the stream; a command that reads its input comes to an end. */
  close(): void
  /** Resolves when the stream is over, with what the cluster said of it. */
  readonly closed: Promise<{ message: string }>
}

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3 }
const handshakeTimeoutMs = 15_000
const longestComplaint = 2_000

/** Starts the command; rejects with a KubernetesError when the cluster refuses. */
export function openExec(access: KubeAccess, request: ExecRequest): Promise<ExecStream> {
  const { namespace, pod, container, command } = request
  const query = new URLSearchParams({ container, stdin: 'true', stdout: 'true', stderr: 'true' })
  for (const word of command) query.append('command', word)
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec?${query}`
  const socket = new WebSocket(access.server.replace(/^http/, 'ws') + path, protocols, {
    ca: access.ca,
    cert: access.clientCertificate,
    key: access.clientKey,
    headers: access.token ? { authorization: `Bearer ${access.token}` } : {},
    perMessageDeflate: false,
    handshakeTimeout: handshakeTimeoutMs,
    skipUTF8Validation: true,
  })
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text) => {
        body += text
      })
      response.on('close', () => reject(readStatus(response.statusCode ?? 0, body)))
    })
    socket.once('error', (error) =>
      reject(new KubernetesError(0, 'Unreachable', `the cluster's API: ${error.message}`)),
    )
    const stream = makeStream(socket)
    socket.once('open', () => resolve(stream))
  })
}

function makeStream(socket: WebSocket): ExecStream {
  let handler: ((data: Buffer) => void) | undefined
  const early: Buffer[] = []
  let complaint = ''
  let status = ''
  socket.on('message', (message) => {
    const frame = Array.isArray(message) ? Buffer.concat(message) : Buffer.from(message as Buffer)
    const data = frame.subarray(1)
    if (data.length === 0) return
    if (frame[0] === channel.stdout) handler ? handler(data) : early.push(data)
    if (frame[0] === channel.stderr) complaint = (complaint + data.toString('utf8')).slice(-longestComplaint)
    if (frame[0] === channel.status) status = statusMessage(data.toString('utf8'))
  })
  const closed = new Promise<{ message: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      const message = [complaint.trim(), status].filter(Boolean).join(' ')
      resolve({ message: message || reason.toString('utf8') || `the stream was closed (${code})` })
    })
  })
  return {
    write(data) {
      if (socket.readyState !== socket.OPEN) return
      socket.send(Buffer.concat([Buffer.from([channel.stdin]), Buffer.from(data)]))
    },
    onData(next) {
      handler = next
      for (const data of early.splice(0)) next(data)
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    // A closing handshake could wait for a peer that is gone.
    close: () => socket.terminate(),
    closed,
  }
}

/** What a Status says when it is a failure. */
function statusMessage(text: string): string {
  try {
    const { status, message } = JSON.parse(text) as { status?: string; message?: string }
    return status === 'Success' ? '' : (message ?? '')
  } catch {
    return text
  }
}
