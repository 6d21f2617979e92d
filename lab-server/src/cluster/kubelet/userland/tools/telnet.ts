// telnet: talks to a server byte by byte, and refuses what the server wants to agree on.
import type { Socket } from 'node:net'
import { type Task, type Tool, ToolFailure } from '../task.ts'
import { explain } from './explain.ts'
import { parseOptions } from './options.ts'
import { resolveHost } from './resolve-host.ts'
import { usageFailure } from './usage.ts'

const serviceNames: Record<string, number> = {
  telnet: 23,
  http: 80,
  https: 443,
  ssh: 22,
  smtp: 25,
  postgresql: 5432,
  redis: 6379,
}

/** `telnet HOST [PORT]` */
export const telnet: Tool = async (task) => {
  const [host, portName = 'telnet'] = parseOptions(task.argv, 'al:8E').operands
  if (host === undefined) throw usageFailure('telnet')
  const port = serviceNames[portName] ?? Number(portName)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new ToolFailure(`telnet: bad port '${portName}'`)
  const { network } = task.system
  const address = await resolveHost(task, 'telnet', host)
  let socket: Socket
  try {
    socket = await network.connect(address, port, { signal: task.signal })
  } catch (error) {
    throw new ToolFailure(`telnet: can't connect to remote host (${address}): ${explain(error)}`)
  }
  await task.stdout.write(`Connected to ${host}\n`)
  return talk(task, socket)
}

const menu =
  '\nConsole escape. Commands are:\n\n l\tgo to line mode\n c\tgo to character mode\n z\tsuspend telnet\n e\texit telnet\n'

async function talk(task: Task, socket: Socket): Promise<number> {
  let hasLeft = false
  let isAsking = false
  const leave = () => {
    hasLeft = true
    socket.destroy()
  }
  task.signal.addEventListener('abort', leave, { once: true })
  // `^C` asks what to do; the next line is the answer.
  const release = task.system.onSignal(task.pid, (name) => {
    if (name !== 'SIGINT') return false
    isAsking = true
    void task.stdout.write(menu)
    return true
  })
  const feed = async () => {
    for (let chunk = await task.stdin.read(); chunk; chunk = await task.stdin.read()) {
      const text = chunk.toString('latin1')
      if (!isAsking) socket.write(Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1'))
      else if (text.trim() === 'e') return leave()
      isAsking = false
    }
    // As BusyBox does: who pipes a request in has to keep the pipe open for the answer.
    leave()
  }
  feed().catch(() => socket.destroy())
  try {
    const answer = makeNegotiation(socket)
    for await (const chunk of socket as AsyncIterable<Buffer>) await task.stdout.write(answer(chunk))
  } catch {
    // The other side broke off.
  } finally {
    release()
  }
  if (hasLeft) return 0
  await task.stdout.write('Connection closed by foreign host\n')
  return 1
}

/** Takes the protocol's commands out of what the server sends; to each wish the answer is no. */
function makeNegotiation(socket: Socket): (chunk: Buffer) => Buffer {
  const command = 255
  const [will, wont, order, refuse] = [251, 252, 253, 254]
  let pending: number[] = []
  return (chunk) => {
    const text: number[] = []
    for (const byte of chunk) {
      if (pending.length === 0 && byte !== command) {
        text.push(byte)
        continue
      }
      pending.push(byte)
      const [, verb = 0] = pending
      if (pending.length === 2 && verb >= will && verb <= refuse) continue
      if (pending.length === 1) continue
      if (pending.length === 2 && verb === command) text.push(command)
      if (verb === will) socket.write(Buffer.from([command, refuse, byte]))
      if (verb === order) socket.write(Buffer.from([command, wont, byte]))
      pending = []
    }
    return Buffer.from(text)
  }
}
