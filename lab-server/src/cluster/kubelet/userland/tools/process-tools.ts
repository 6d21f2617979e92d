// Tools about processes and time: ps, top, sleep, timeout, kill and the like.
import { machineFile, readMemory } from '../fs/machine-files.ts'
import { signalNumbers } from '../shell/interpreter.ts'
import { Killed, pause, type Task, type Tool, ToolFailure, untilKilled } from '../task.ts'
import { killProblem } from './explain.ts'
import { parseOptions } from './options.ts'

const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of `5`, `0.5`, `2m`; undefined when it is none. */
function seconds(text: string): number | undefined {
  const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text)
  return match ? Number(match[1]) * (units[match[2] || 's'] ?? 1) : undefined
}

const sleep: Tool = async (task) => {
  const words = task.argv.slice(1)
  if (words.length === 0)
    throw new ToolFailure(
      'BusyBox v1.37.0 multi-call binary.\n\nUsage: sleep [N]...\n\nPause for a time equal to the total of the args given',
      1,
    )
  let total = 0
  for (const word of words) {
    if (word === 'infinity' || word === 'inf') total = Number.POSITIVE_INFINITY
    else total += seconds(word) ?? fail(`sleep: invalid number '${word}'`)
  }
  // Longer than a timer can be set for at once.
  for (let left = total * 1000; left > 0; left -= 0x7fffffff) {
    await untilKilled(task.signal, task.system.sleep(Math.min(left, 0x7fffffff)))
  }
  return 0
}

function fail(message: string): never {
  throw new ToolFailure(message, 1)
}

const signalOf = (text: string) => {
  const upper = text.toUpperCase().replace(/^SIG/, '')
  return (
    Object.entries(signalNumbers).find(([name, number]) => name === `SIG${upper}` || String(number) === upper)?.[0] ??
    fail(`bad signal name '${text}'`)
  )
}

const timeout: Tool = async (task) => {
  const { value, operands } = parseOptions(task.argv, 's:k:t:', { signal: 's', 'kill-after': 'k' }, true)
  const [limit, ...command] = value.has('t') ? [value.get('t') ?? '', ...operands] : operands
  const duration = seconds(limit ?? '') ?? fail(`timeout: invalid number '${limit}'`)
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(signalOf(value.get('s') ?? 'TERM')), duration * 1000)
  try {
    return await task.run(command, { signal: AbortSignal.any([task.signal, controller.signal]) })
  } catch (error) {
    if (!(error instanceof Killed) || task.signal.aborted) throw error
    return 143
  } finally {
    clearTimeout(timer)
  }
}

const time: Tool = async (task) => {
  const started = performance.now()
  const status = await task.run(task.argv.slice(task.argv[1] === '-p' ? 2 : 1))
  const total = (performance.now() - started) / 1000
  await task.stderr.write(
    `real\t${Math.floor(total / 60)}m ${(total % 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
  )
  return status
}

async function userName(task: Task, uid: number): Promise<string> {
  const lines = (await task.system.fs.readFile('/etc/passwd').catch(() => '')).split('\n')
  return lines.find((line) => line.split(':')[2] === String(uid))?.split(':')[0] ?? String(uid)
}

/** CPU time as BusyBox prints it: minutes and seconds. */
const cpuTime = (ms: number) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`

const ps: Tool = async (task) => {
  const columns = task.argv.find((_, index) => task.argv[index - 1] === '-o')?.split(',')
  const width = task.stdout.isTerminal ? (task.system.terminal?.size().columns ?? 80) : Number.POSITIVE_INFINITY
  const rows = await task.system.processes()
  if (columns) {
    await task.stdout.write(
      `${columns
        .map((name) => name.toUpperCase().padEnd(5))
        .join(' ')
        .trimEnd()}\n`,
    )
    for (const one of rows) {
      const values: Record<string, string> = {
        pid: String(one.pid),
        ppid: String(one.parent),
        user: await userName(task, one.user),
        comm: one.command.split(' ')[0] ?? '',
        args: one.command,
        cmd: one.command,
        time: cpuTime(one.cpuMilliseconds),
        etime: cpuTime(Date.now() - one.startedAt),
        stat: 'S',
        vsz: '1624',
        rss: '4',
      }
      await task.stdout.write(
        `${columns
          .map((name) => (values[name] ?? '-').padEnd(5))
          .join(' ')
          .trimEnd()}\n`,
      )
    }
    return 0
  }
  await task.stdout.write('PID   USER     TIME  COMMAND\n')
  for (const one of rows) {
    const name = (await userName(task, one.user)).slice(0, 8)
    const line = `${String(one.pid).padStart(5)} ${name.padEnd(8)} ${cpuTime(one.cpuMilliseconds).padStart(5)} ${one.command}`
    await task.stdout.write(`${line.slice(0, width)}\n`)
  }
  return 0
}

function memoryLine(): string {
  const memoryOf = readMemory()
  const free = memoryOf('MemFree')
  const kinds = [memoryOf('Shmem'), memoryOf('Buffers'), memoryOf('Cached')]
  const [shared, buffers, cached] = kinds.map((size) => `${size}K`)
  return `Mem: ${memoryOf('MemTotal') - free}K used, ${free}K free, ${shared} shrd, ${buffers} buff, ${cached} cached`
}

const top: Tool = async (task) => {
  const { has, value } = parseOptions(
    task.argv.map((arg) => (arg === 'b' ? '-b' : arg)),
    'bn:d:Hm',
  )
  const turns = Number(value.get('n') ?? (has.has('b') || !task.stdout.isTerminal ? 1 : Number.POSITIVE_INFINITY))
  for (let turn = 0; turn < turns; turn += 1) {
    if (turn > 0) await pause(Number(value.get('d') ?? 5) * 1000, task.signal)
    const rows = await task.system.processes()
    const lines = rows.map((one) => {
      const state = one.command.startsWith('top') ? 'R' : 'S'
      return `${String(one.pid).padStart(5)} ${String(one.parent).padStart(5)} ${String(one.user === 0 ? 'root' : one.user).padEnd(8)} ${state}     1624   0%   0   0% ${one.command}`
    })
    if (!has.has('b') && task.stdout.isTerminal) await task.stdout.write('\x1b[H\x1b[J')
    await task.stdout.write(
      `${memoryLine()}\nCPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq\nLoad average: ${machineFile('loadavg').split(' ').slice(0, 3).join(' ')} 1/${rows.length} ${rows.at(-1)?.pid ?? 1}\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n${lines.join('\n')}\n`,
    )
  }
  return 0
}

const kill: Tool = async (task) => {
  const args = task.argv.slice(1)
  const hasSignal = args[0]?.startsWith('-') && args[0] !== '--'
  if (args[0] === '-l') {
    await task.stdout.write(
      `${Object.entries(signalNumbers)
        .map(([name, number]) => `${number}) ${name.slice(3)}`)
        .join('\n')}\n`,
    )
    return 0
  }
  const option = hasSignal ? (args.shift() ?? '') : '-TERM'
  const signal = option === '-0' ? 'SIG0' : signalOf(option === '-s' ? (args.shift() ?? '') : option.slice(1))
  let status = 0
  for (const target of args.filter((arg) => arg !== '--')) {
    if (!/^-?\d+$/.test(target)) fail(`kill: invalid number '${target}'`)
    const problem = killProblem(await task.system.kill(Number(target), signal))
    if (problem === undefined) continue
    status = 1
    await task.stderr.write(`kill: can't kill pid ${target}: ${problem}\n`)
  }
  return status
}

const baseName = (command: string) => (command.split(' ')[0] ?? '').split('/').at(-1)

/** `killall`, `pkill`, `pgrep` and `pidof` choose by name. */
const byName =
  (kind: 'killall' | 'pkill' | 'pgrep' | 'pidof'): Tool =>
  async (task) => {
    const args = task.argv.slice(1)
    const signalArg =
      kind === 'killall' || kind === 'pkill' ? args.find((arg) => /^-[A-Z0-9]+$/i.test(arg) && arg !== '-f') : undefined
    const whole = args.includes('-f')
    const shown = args.includes('-l') || args.includes('-a')
    const names = args.filter((arg) => !arg.startsWith('-'))
    const all = (await task.system.processes()).filter(({ pid }) => pid !== task.pid)
    const matches = all.filter(({ command }) =>
      names.some((name) =>
        kind === 'killall' || kind === 'pidof'
          ? baseName(command) === name
          : new RegExp(name).test(whole ? command : (baseName(command) ?? '')),
      ),
    )
    if (matches.length === 0) {
      if (kind === 'killall') await task.stderr.write(`killall: ${names[0]}: no process killed\n`)
      return 1
    }
    if (kind === 'pidof') await task.stdout.write(`${matches.map(({ pid }) => pid).join(' ')}\n`)
    else if (kind === 'pgrep')
      for (const one of matches) await task.stdout.write(`${one.pid}${shown ? ` ${one.command}` : ''}\n`)
    else for (const { pid } of matches) await task.system.kill(pid, signalOf(signalArg?.slice(1) ?? 'TERM'))
    return 0
  }

const watch: Tool = async (task) => {
  const { value, operands, has } = parseOptions(task.argv, 'n:td', {}, true)
  for (;;) {
    const title = `Every ${Number(value.get('n') ?? 2).toFixed(1)}s: ${operands.join(' ')}`
    await task.stdout.write(`\x1b[H\x1b[J${has.has('t') ? '' : `${title}\n\n`}`)
    await task.run(['sh', '-c', operands.join(' ')])
    await pause(Number(value.get('n') ?? 2) * 1000, task.signal)
  }
}

const usleep: Tool = async (task) => {
  await untilKilled(task.signal, task.system.sleep(Number(task.argv[1] ?? 0) / 1000))
  return 0
}

const runRest: Tool = (task) => task.run(task.argv.slice(1).filter((arg, index) => index > 0 || !arg.startsWith('-')))

export const processTools: Record<string, Tool> = {
  sleep,
  usleep,
  timeout,
  time,
  ps,
  top,
  kill,
  watch,
  nohup: runRest,
  nice: runRest,
  killall: byName('killall'),
  pkill: byName('pkill'),
  pgrep: byName('pgrep'),
  pidof: byName('pidof'),
}
