// Starts one process in a container: decides between the host and the userland, and answers what the userland asks.
import { join } from 'node:path'
import type { Clock, Timer } from '../../clock.ts'
import type { RuntimeNetwork } from '../../network/network.ts'
import type { ContainerSpec } from '../container-runtime.ts'
import type { FromUserland, ProcessEntry, StartProblem, TerminalSize, UserlandContainer } from '../userland/protocol.ts'
import { type ContainerProcess, hostContainerProcess, userlandContainerProcess } from './container-process.ts'
import { type GroupSetting, startGroup } from './group-process.ts'
import { makePathTranslator } from './host-paths.ts'
import { findProgram, type ProgramRun, planHostCommand } from './host-program.ts'
import { type RelayedProgram, relayProgram } from './program-relay.ts'
import type { UserlandPool, UserlandProcess } from './userland-process.ts'

/** What all processes of one container share. */
export interface LaunchSetting {
  spec: ContainerSpec
  rootDir: string
  env: Record<string, string>
  network: RuntimeNetwork
  group: GroupSetting
  pool: UserlandPool
  clock: Clock
  now(): number
  /** Every process of the container, for `ps` and `kill` inside it. */
  listProcesses(): Promise<ProcessEntry[]>
  signalPid(pid: number, signal: string): Promise<boolean>
  /** Takes an id for a process that a shell of the container starts. */
  takePid(): Promise<number>
  /** Counts such a process as the container's until it ends. */
  track(process: ContainerProcess): void
}

export interface LaunchRequest {
  argv: string[]
  pid: number
  tty: boolean
  size?: TerminalSize
  env: Record<string, string>
}

/** The executable that could not be started, and why. */
export class LaunchFailure extends Error {
  readonly executable: string
  readonly problem: StartProblem
  constructor(executable: string, problem: StartProblem) {
    super(`${executable}: ${problem}`)
    this.executable = executable
    this.problem = problem
  }
}

/** Starts `argv` in the container; rejects with LaunchFailure when there is no such executable. */
export async function launch(setting: LaunchSetting, request: LaunchRequest): Promise<ContainerProcess> {
  const { spec } = setting
  const cwd = spec.workingDir || spec.image.workingDir || '/'
  const [name = ''] = request.argv
  const who = { pid: request.pid, user: spec.user, argv: request.argv, startedAt: setting.now() }
  const program = findProgram(spec.image.programs, name, request.env.PATH ?? '', cwd)
  if (program) {
    const command = planHostCommand(programRun(setting, program, request.argv, request.env, cwd))
    return hostContainerProcess(await startGroup(command, setting.group), who, {
      translate: makePathTranslator(command.names),
      overheadBytes: command.overheadBytes,
    })
  }
  if (spec.image.userland === 'none' && !spec.image.toolsModule) {
    throw new LaunchFailure(name, name.includes('/') ? 'no-such-file' : 'not-in-path')
  }

  const userland = await setting.pool.take()
  answerRequests(userland, setting)
  const container = describeContainer(setting)
  const { argv, pid, tty, size, env } = request
  const failure = await userland.run({ argv, env, cwd, pid, tty, size, container })
  if (failure) {
    userland.group.signal('SIGKILL')
    throw new LaunchFailure(failure.name, failure.problem)
  }
  return userlandContainerProcess(userland, who, tty)
}

function programRun(
  { spec, rootDir, network }: LaunchSetting,
  program: ProgramRun['program'],
  argv: string[],
  env: Record<string, string>,
  cwd: string,
): ProgramRun {
  const networkEnv = network.processEnv(spec.podIp, join(rootDir, 'etc'))
  return { program, argv, env, cwd, spec, rootDir, networkEnv, hostPort: (port) => network.hostPort(port) }
}

function describeContainer({ spec, rootDir, env, network }: LaunchSetting): UserlandContainer {
  return {
    rootDir,
    mounts: spec.mounts,
    readOnlyRoot: spec.readOnlyRootFilesystem,
    hostname: spec.hostname,
    user: spec.user,
    programs: Object.keys(spec.image.programs),
    toolsModule: spec.image.toolsModule,
    containerEnv: env,
    networkEnv: network.processEnv(spec.podIp, join(rootDir, 'etc')),
    podIp: spec.podIp,
    memoryLimitBytes: spec.memoryLimitBytes,
  }
}

function answerRequests(userland: UserlandProcess, setting: LaunchSetting): void {
  const sleeps = new Set<Timer>()
  void userland.exited.then(() => {
    for (const timer of sleeps) timer.cancel()
  })
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setting.clock.after(ms, () => {
        sleeps.delete(timer)
        resolve()
      })
      sleeps.add(timer)
    })
  const answer = async (message: FromUserland & { type: 'request' }): Promise<unknown> => {
    switch (message.method) {
      case 'processes':
        return setting.listProcesses()
      case 'kill':
        return setting.signalPid(message.params.pid, message.params.signal)
      case 'resolve':
        return setting.network.resolve(message.params.name)
      case 'sleep':
        return sleep(message.params.ms)
    }
  }
  const relay = relayProgram(userland, (argv, env, cwd) => {
    const program = findProgram(setting.spec.image.programs, argv[0] ?? '', env.PATH ?? '', cwd)
    if (!program) throw new LaunchFailure(argv[0] ?? '', 'no-such-file')
    return startTracked(setting, programRun(setting, program, argv, env, cwd))
  })

  userland.onRequest((message) => {
    if (message.type !== 'request') return relay(message)
    answer(message).then(
      (value) => userland.send({ type: 'reply', id: message.id, value }),
      (error: unknown) => userland.send({ type: 'reply', id: message.id, error: String(error) }),
    )
  })
}

async function startTracked(setting: LaunchSetting, run: ProgramRun): Promise<RelayedProgram> {
  const pid = await setting.takePid()
  const command = planHostCommand(run)
  const group = await startGroup(command, setting.group)
  const translate = makePathTranslator(command.names)
  const who = { pid, user: setting.spec.user, argv: run.argv, startedAt: setting.now() }
  const process = hostContainerProcess(group, who, { translate, overheadBytes: command.overheadBytes })
  // The shell that started it shows it already, under the name it used; what it starts itself is news.
  setting.track({ ...process, list: async () => (await process.list()).slice(1) })
  return { ...group, translate }
}

/** Where a container keeps its files, below the runtime's data folder. */
export const rootDirOf = (dataDir: string, id: string) => join(dataDir, 'containers', id, 'root')
