// ping: echoes as a container with the default rights gets them.
import { Killed, type Task, type Tool, ToolFailure, untilKilled } from '../task.ts'
import { parseOptions } from './options.ts'
import { badAddress, resolveHost } from './resolve-host.ts'
import { usageFailure } from './usage.ts'

interface Count {
  sent: number
  times: number[]
}

/** `ping [-c CNT] [-w SEC] [-W SEC] [-i SEC] [-s SIZE] [-q] HOST` */
export const ping: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'c:w:W:i:q46As:t:I:p:nv')
  const [host] = operands
  if (host === undefined) throw usageFailure('ping')
  const number = (letter: string, otherwise: number) => {
    const text = value.get(letter)
    if (text !== undefined && !/^\d*\.?\d+$/.test(text)) throw new ToolFailure(`ping: invalid number '${text}'`)
    return text === undefined ? otherwise : Number(text)
  }
  const most = number('c', Number.POSITIVE_INFINITY)
  const deadlineMs = number('w', Number.POSITIVE_INFINITY) * 1000
  const lastWaitMs = number('W', 10) * 1000
  const intervalMs = has.has('A') ? 100 : number('i', 1) * 1000
  const size = number('s', 56)
  if (has.has('6') || task.argv[0] === 'ping6') throw badAddress('ping', host)
  const address = await resolveHost(task, 'ping', host)

  await task.stdout.write(`PING ${host} (${address}): ${size} data bytes\n`)
  const count: Count = { sent: 0, times: [] }
  const ended = await untilInterrupted(task, async (wait) => {
    let spentMs = 0
    const pass = async (ms: number) => {
      const room = Math.min(ms, deadlineMs - spentMs)
      spentMs += room
      await wait(room)
    }
    while (count.sent < most && spentMs < deadlineMs) {
      await echo(task, address, { size, isQuiet: has.has('q') }, count)
      if (count.sent < most) await pass(intervalMs)
    }
    if (count.times.length < count.sent) await pass(lastWaitMs)
  })
  await report(task, host, count)
  const isShort = Number.isFinite(deadlineMs) && Number.isFinite(most) && count.times.length < most && !ended
  return Number(count.times.length === 0 || isShort)
}

async function echo(task: Task, address: string, { size, isQuiet }: { size: number; isQuiet: boolean }, count: Count) {
  const sequence = count.sent
  count.sent += 1
  const { answers, hops } = await task.system.network.trace(address)
  if (!answers) return
  // What an echo takes through a bridge, and through one more network for each node on the way.
  const ms = 0.04 + hops.length * 0.14 + Math.random() * (0.05 + hops.length * 0.12) + (sequence === 0 ? 0.05 : 0)
  count.times.push(ms)
  if (isQuiet) return
  // Too small for the time that it was sent at.
  const time = size >= 4 ? ` time=${ms.toFixed(3)} ms` : ''
  await task.stdout.write(`${size + 8} bytes from ${address}: seq=${sequence} ttl=${64 - hops.length}${time}\n`)
}

async function report(task: Task, host: string, { sent, times }: Count): Promise<void> {
  const loss = sent === 0 ? 0 : Math.floor(((sent - times.length) * 100) / sent)
  const sum = times.reduce((total, ms) => total + ms, 0)
  const shown = [Math.min(...times), sum / times.length, Math.max(...times)].map((ms) => ms.toFixed(3)).join('/')
  await task.stdout.write(
    `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss\n${times.length > 0 ? `round-trip min/avg/max = ${shown} ms\n` : ''}`,
  )
}

/** Works until it is done or somebody presses `^C`; answers whether that happened. */
async function untilInterrupted(
  task: Task,
  work: (wait: (ms: number) => Promise<void>) => Promise<void>,
): Promise<boolean> {
  const interrupted = new AbortController()
  const release = task.system.onSignal(task.pid, (name) => {
    if (name !== 'SIGINT') return false
    interrupted.abort(name)
    return true
  })
  const signal = AbortSignal.any([task.signal, interrupted.signal])
  try {
    await work((ms) => untilKilled(signal, ms > 0 ? task.system.sleep(Math.min(ms, 0x7fffffff)) : Promise.resolve()))
    return false
  } catch (error) {
    if (!(error instanceof Killed) || task.signal.aborted) throw error
    return true
  } finally {
    release()
  }
}
