// Tools about the container itself: who, where, how much.
import { availableParallelism, release, version } from 'node:os'
import { posix } from 'node:path'
import { mountTable } from '../fs/proc-files.ts'
import { findCommandPath } from '../shell/executable.ts'
import { type Task, type Tool, ToolFailure } from '../task.ts'
import { parseOptions } from './options.ts'
import { evaluateTest, sceneOf } from './test.ts'

const write =
  (text: (task: Task) => string): Tool =>
  async (task) => {
    await task.stdout.write(text(task))
    return 0
  }

async function lookUpName(task: Task, file: string, id: number): Promise<string | undefined> {
  const text = await task.system.fs.readFile(file).catch(() => '')
  return text
    .split('\n')
    .find((line) => line.split(':')[2] === String(id))
    ?.split(':')[0]
}

const id: Tool = async (task) => {
  const { has } = parseOptions(task.argv, 'ugGnr')
  const { user } = task.system.container
  const named = (text: string | undefined) => (text === undefined ? String(user) : `${user}(${text})`)
  const name = await lookUpName(task, '/etc/passwd', user)
  const group = await lookUpName(task, '/etc/group', user)
  const wanted = has.has('n') ? (has.has('u') ? name : group) : String(user)
  const whole = `uid=${named(name)} gid=${named(group)} groups=${named(group)}`
  await task.stdout.write(`${has.has('u') || has.has('g') || has.has('G') ? (wanted ?? String(user)) : whole}\n`)
  return 0
}

const whoami: Tool = async (task) => {
  const { user } = task.system.container
  const name = await lookUpName(task, '/etc/passwd', user)
  if (name === undefined) throw new ToolFailure(`whoami: unknown uid ${user}`)
  await task.stdout.write(`${name}\n`)
  return 0
}

const env: Tool = async (task) => {
  const args = task.argv.slice(1)
  let next = { ...task.env }
  while (args[0]?.startsWith('-')) {
    const arg = args.shift()
    if (arg === '-i' || arg === '-' || arg === '--ignore-environment') next = {}
    else if (arg === '-u') delete next[args.shift() ?? '']
    else if (arg === '--') break
    else throw new ToolFailure(`env: unrecognized option: ${arg?.slice(1)}`, 125)
  }
  while (args[0]?.includes('=')) {
    const arg = args.shift() ?? ''
    next[arg.slice(0, arg.indexOf('='))] = arg.slice(arg.indexOf('=') + 1)
  }
  if (args.length > 0) return task.run(args, { env: next })
  await task.stdout.write(
    Object.entries(next)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  return 0
}

const printenv: Tool = async (task) => {
  const names = task.argv.slice(1)
  if (names.length === 0) return env({ ...task, argv: ['env'] })
  for (const name of names) if (name in task.env) await task.stdout.write(`${task.env[name]}\n`)
  return names.every((name) => name in task.env) ? 0 : 1
}

const hostname: Tool = async (task) => {
  const { container } = task.system
  const { has } = parseOptions(task.argv, 'ifsd')
  const name = (await task.system.fs.readFile('/etc/hostname').catch(() => container.hostname)).trim()
  const full = has.has('f') ? fullName(await task.system.fs.readFile('/etc/hosts').catch(() => ''), name) : name
  await task.stdout.write(`${has.has('i') ? container.podIp : full}\n`)
  return 0
}

/** The first name of the line of /etc/hosts that has `name`. */
function fullName(hosts: string, name: string): string {
  const entries = hosts.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
  return entries.find((names) => names.includes(name))?.[0] ?? name
}

const uname: Tool = async (task) => {
  const { has } = parseOptions(task.argv, 'asnrvmpio')
  const parts: [string, string][] = [
    ['s', 'Linux'],
    ['n', task.system.container.hostname],
    ['r', release()],
    ['v', version()],
    ['m', process.arch === 'arm64' ? 'aarch64' : 'x86_64'],
    ['o', 'GNU/Linux'],
  ]
  const wanted = parts.filter(([letter]) => has.has('a') || has.has(letter) || (has.size === 0 && letter === 's'))
  await task.stdout.write(`${wanted.map(([, value]) => value).join(' ')}\n`)
  return 0
}

const mount: Tool = async (task) => {
  if (task.argv.length > 1) throw new ToolFailure('mount: permission denied (are you root?)')
  const lines = mountTable(task.system.container).trim().split('\n')
  for (const line of lines) {
    const [device, at, type, options] = line.split(' ')
    await task.stdout.write(`${device} on ${at} type ${type} (${options})\n`)
  }
  return 0
}

const which: Tool = async (task) => {
  let status = 0
  for (const name of task.argv.slice(1).filter((arg) => !arg.startsWith('-'))) {
    const path = await findCommandPath(task.system, name, task.env.PATH ?? '', task.cwd)
    if (path) await task.stdout.write(`${path}\n`)
    else status = 1
  }
  return status
}

export const systemTools: Record<string, Tool> = {
  id,
  whoami,
  env,
  printenv,
  hostname,
  uname,
  mount,
  which,
  true: () => Promise.resolve(0),
  false: () => Promise.resolve(1),
  test: async (task) => Number(!(await evaluateTest(task.argv.slice(1), sceneOf(task)))),
  '[': async (task) => Number(!(await evaluateTest(task.argv.slice(1, -1), sceneOf(task)))),
  pwd: write(({ cwd }) => `${cwd}\n`),
  arch: write(() => `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}\n`),
  nproc: write(() => `${availableParallelism()}\n`),
  tty: async (task) => {
    await task.stdout.write(task.stdin.isTerminal ? '/dev/pts/0\n' : 'not a tty\n')
    return task.stdin.isTerminal ? 0 : 1
  },
  clear: write(() => '\x1b[H\x1b[J'),
  who: () => Promise.resolve(0),
  sync: () => Promise.resolve(0),
  chown: () => Promise.resolve(0),
  chgrp: () => Promise.resolve(0),
  realpath: async (task) => {
    for (const name of task.argv.slice(1)) {
      const path = await task.system.fs.realpath(posix.resolve(task.cwd, name)).catch(() => {
        throw new ToolFailure(`realpath: ${name}: No such file or directory`)
      })
      await task.stdout.write(`${path}\n`)
    }
    return 0
  },
}
