// pg_isready: asks a server whether it takes connections, without logging in.
import type { Socket } from 'node:net'
import type { ToolContext } from '../../lab-server/src/cluster/kubelet/container-runtime.ts'
import { openConnection, targetOf } from './connect-tool.ts'

type Readiness = 'accepting connections' | 'rejecting connections' | 'no response' | 'no attempt'

const exitCodes: Record<Readiness, number> = {
  'accepting connections': 0,
  'rejecting connections': 1,
  'no response': 2,
  'no attempt': 3,
}
const names: Record<string, 'host' | 'port' | 'timeout' | 'user' | 'database'> = {
  '-h': 'host',
  '--host': 'host',
  '-p': 'port',
  '--port': 'port',
  '-t': 'timeout',
  '--timeout': 'timeout',
  '-U': 'user',
  '--username': 'user',
  '-d': 'database',
  '--dbname': 'database',
}

/** Runs pg_isready; resolves with its exit code. */
export async function pgIsready(context: ToolContext): Promise<number> {
  const options: Partial<Record<'host' | 'port' | 'timeout' | 'user' | 'database', string>> = {}
  let isQuiet = false
  const rest = context.argv.slice(1)
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [flag = '', inline] = word.startsWith('--')
      ? word.split('=', 2)
      : [word.slice(0, 2), word.slice(2) || undefined]
    const name = names[flag]
    if (flag === '-q' || flag === '--quiet') isQuiet = true
    else if (name) options[name] = inline ?? rest.shift() ?? ''
    else {
      context.stderr.write(`pg_isready: unrecognized option: ${word}\n`)
      context.stderr.write('pg_isready: hint: Try "pg_isready --help" for more information.\n')
      return exitCodes['no attempt']
    }
  }
  const target = targetOf(options, context.env)
  const readiness = await ask(target, context, Number(options.timeout ?? 3) * 1000)
  if (!isQuiet) context.stdout.write(`${target.host}:${target.port} - ${readiness}\n`)
  return exitCodes[readiness]
}

async function ask(
  target: { host: string; port: string },
  context: ToolContext,
  timeoutMs: number,
): Promise<Readiness> {
  if (!/^\d+$/.test(target.port)) return 'no attempt'
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(() => resolve('no response'), timeoutMs || 3000)
  })
  let opened: Socket | undefined
  const answered = openConnection(target, context).then((socket) => {
    opened = socket
    return readAnswer(socket)
  })
  try {
    return await Promise.race([late, answered.catch((): Readiness => 'no response')])
  } finally {
    clearTimeout(timer)
    opened?.destroy()
  }
}

function readAnswer(socket: Socket): Promise<Readiness> {
  const parameters = 'user\0postgres\0database\0postgres\0application_name\0pg_isready\0\0'
  const packet = Buffer.alloc(8 + Buffer.byteLength(parameters))
  packet.writeInt32BE(packet.length, 0)
  packet.writeInt32BE(196_608, 4)
  packet.write(parameters, 8)
  socket.write(packet)
  return new Promise((resolve) => {
    socket.once('data', (chunk) => {
      // A server that starts up or shuts down refuses with 57P03; any other answer is that of a working one.
      resolve(chunk.includes('57P03') ? 'rejecting connections' : 'accepting connections')
    })
    socket.once('close', () => resolve('no response'))
    socket.on('error', () => resolve('no response'))
  })
}
