// netstat as BusyBox has it.
import { type PodSocket, readPodSockets, type SocketAddress } from '../pod-sockets.ts'
import type { Tool } from '../task.ts'
import { addressTools } from './address-tools.ts'
import { parseOptions } from './options.ts'

const width = 23
const column = (text: string) => text.slice(0, width).padEnd(width)
const words = ({ ip, port }: SocketAddress) => column(`${ip}:${port === 0 ? '*' : port}`)

/** `netstat [-ral] [-tuwx] [-en]`: the pod's sockets, or its routes. */
export const netstat: Tool = async (task) => {
  const { has } = parseOptions(task.argv, 'laentuwxrWp')
  if (has.has('r')) return addressTools.route?.({ ...task, argv: ['route', ...(has.has('n') ? ['-n'] : [])] }) ?? 1
  const shown = has.has('a') ? 'servers and established' : has.has('l') ? 'only servers' : 'w/o servers'
  const isChosen = ['t', 'u', 'w', 'x'].some((letter) => has.has(letter))
  const isShown = ({ protocol, remote }: PodSocket) => {
    if (isChosen && !has.has(protocol === 'tcp' ? 't' : 'u')) return false
    return has.has('a') || (remote.port === 0) === has.has('l')
  }
  const program = has.has('p') ? '-' : ''
  const rows = readPodSockets(task.system.container)
    .filter(isShown)
    .map(
      ({ protocol, local, remote, state, receiveQueue, sendQueue }) =>
        `${protocol}   ${String(receiveQueue).padStart(6)} ${String(sendQueue).padStart(6)} ${words(local)} ${words(remote)} ${state.padEnd(12)}${program}\n`,
    )
  const header = `Proto Recv-Q Send-Q ${column('Local Address')} ${column('Foreign Address')} State       ${program && 'PID/Program name    '}\n`
  if (!isChosen || has.has('t') || has.has('u') || has.has('w')) {
    await task.stdout.write(`Active Internet connections (${shown})\n${header}${rows.join('')}`)
  }
  if (!isChosen || has.has('x')) {
    await task.stdout.write(
      `Active UNIX domain sockets (${shown})\nProto RefCnt Flags       Type       State         I-Node ${program && 'PID/Program name    '}Path\n`,
    )
  }
  return 0
}
