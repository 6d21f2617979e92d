// nc: bytes over a connection, of either side.
import { createServer, type Socket } from 'node:net'
import { everyAddressOf } from '../pod-network.ts'
import { type Task, type Tool, ToolFailure, untilKilled } from '../task.ts'
import { explain } from './explain.ts'
import { parseOptions } from './options.ts'
import { resolveHost } from './resolve-host.ts'
import { usageFailure } from './usage.ts'

/** `nc HOST PORT…` and `nc -l -p PORT`, with -z to look only, -v to say so, -w for the longest wait. */
export const nc: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'zvw:lp:nkue:i:q:N')
  if (has.has('l')) return listen(task, Number(value.get('p') ?? operands.at(-1)), has.has('v'))
  const [host, ...ports] = operands
  if (host === undefined || ports.length === 0) throw usageFailure('nc')
  const { network } = task.system
  const address = await resolveHost(task, 'nc', host)
  const timeoutMs = value.has('w') ? Number(value.get('w')) * 1000 : undefined
  let status = 1
  for (const port of ports.flatMap(expandPorts)) {
    let socket: Socket
    try {
      socket = await network.connect(address, port, { timeoutMs, signal: task.signal })
    } catch (error) {
      const timedOut = (error as NodeJS.ErrnoException).code === 'ETIMEDOUT'
      const text =
        timedOut && timeoutMs !== undefined ? 'nc: timed out' : `nc: ${host} (${address}:${port}): ${explain(error)}`
      if (has.has('v') || !has.has('z')) await task.stderr.write(`${text}\n`)
      continue
    }
    status = 0
    if (has.has('v')) await task.stderr.write(`${host} (${address}:${port}) open\n`)
    if (has.has('z')) socket.destroy()
    else await talk(task, socket, timeoutMs)
  }
  return status
}

function expandPorts(text: string): number[] {
  const [from = 0, to = from] = text.split('-').map(Number)
  if (Number.isNaN(from) || from < 1 || to > 65_535) throw new ToolFailure(`nc: bad port '${text}'`)
  return Array.from({ length: Math.min(1024, Math.max(1, to - from + 1)) }, (_, index) => from + index)
}

async function talk(task: Task, socket: Socket, timeoutMs: number | undefined): Promise<void> {
  const stop = () => socket.destroy()
  task.signal.addEventListener('abort', stop, { once: true })
  if (timeoutMs !== undefined) socket.setTimeout(timeoutMs, stop)
  const feed = async () => {
    for (let chunk = await task.stdin.read(); chunk; chunk = await task.stdin.read()) socket.write(chunk)
    socket.end()
  }
  feed().catch(() => socket.destroy())
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) await task.stdout.write(chunk)
  } catch {
    // The other side is gone.
  }
}

async function listen(task: Task, port: number, verbose: boolean): Promise<number> {
  const server = createServer()
  const host = everyAddressOf(task.system.container)
  const accepted = new Promise<Socket>((resolve, reject) => {
    server.once('connection', resolve)
    server.once('error', (error) => reject(new ToolFailure(`nc: bind: ${explain(error)}`)))
    server.listen(port, host, () => {
      if (verbose) void task.stderr.write(`listening on [::]:${port} ...\n`)
    })
  })
  try {
    await talk(task, await untilKilled(task.signal, accepted), undefined)
  } finally {
    server.close()
  }
  return 0
}
