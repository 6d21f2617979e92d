// Starts one process in a container: decides between the host and the userland, and answers what the userland asks.
import { join } from 'node:path'
import type { Clock, Timer } from '../../clock.ts'
import type { RuntimeNetwork } from '../../network/network.ts'
import type { ContainerSpec } from '../container-runtime.ts'
import { pidsAtOnce } from '../userland/pid-pool.ts'
import type {
  FromUserland,
  StartProblem,
  TerminalSize,
  UserlandContainer,
  UserlandDaemon,
} from '../userland/protocol.ts'
import { type ContainerProcess, hostContainerProcess, userlandContainerProcess } from './container-process.ts'
import { type GroupSetting, startGroup } from './group-process.ts'
import { makePathTranslator } from './host-paths.ts'
import { findProgram, type ProgramRun, planHostCommand } from './host-program.ts'
import type { PidNamespace } from './pid-namespace.ts'
import { type RelayedProgram, relayProgram } from './program-relay.ts'
import type { UserlandPool, UserlandProcess } from './userland-process.ts'

/** What all processes of one container share. */
export interface LaunchSetting {
  id: string
  spec: ContainerSpec
  rootDir: string
  env: Record<string, string>
  network: RuntimeNetwork
  group: GroupSetting
  pool: UserlandPool
  clock: Clock
  now(): number
  /** Every process that those of the container see, for `ps` and `kill` inside it. */
  namespace: PidNamespace
  /** Counts a process that one of the container started as the container's until it ends. */
  track(process: ContainerProcess): void
  /** How many of them may go on when those who started them have ended. */
  daemonSlots: { left: number }
}

export interface LaunchRequest {
  argv: string[]
  /** What `ps` shows, where that is not `argv`. */
  title?: string
  /** The image's or the container's unless another is asked for. */
  cwd?: string
  parent?: number
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
  const cwd = request.cwd ?? (spec.workingDir || spec.image.workingDir || '/')
  const [name = ''] = request.argv
  const { argv, title, pid, tty, size, env, parent = 0 } = request
  const command = title ?? argv.join(' ')
  const who = { pid, parent, user: spec.user, command, startedAt: setting.now() }
  const program = findProgram(spec.image.programs, name, request.env.PATH ?? '', cwd)
  if (program) {
    const plan = planHostCommand(programRun(setting, program, argv, env, cwd))
    const titled = { ...who, command: plan.title ?? command }
    return hostContainerProcess(await startGroup(plan, setting.group), titled, {
      translate: makePathTranslator(plan.names),
      nextPid: () => setting.namespace.takePids(1),
      overheadBytes: plan.overheadBytes,
    })
  }
  if (spec.image.userland === 'none' && !spec.image.toolsModule) {
    throw new LaunchFailure(name, name.includes('/') ? 'no-such-file' : 'not-in-path')
  }

  const userland = await setting.pool.take()
  answerRequests(userland, setting)
  const container = describeContainer(setting)
  const failure = await userland.run({ argv, title, env, cwd, pid, tty, size, container })
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

/** The container as its processes see it. */
export function describeContainer({ spec, id, rootDir, env, network }: LaunchSetting): UserlandContainer {
  return {
    id,
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
    userland: spec.image.userland,
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
  const { spec, namespace } = setting
  const caller = { user: spec.user, canTrace: spec.canTrace ?? false }
  const answer = async (message: FromUserland & { type: 'request' }): Promise<unknown> => {
    switch (message.method) {
      case 'processes':
        return namespace.list()
      case 'kill':
        return namespace.signal(message.params.pid, message.params.signal, caller)
      case 'pids':
        return namespace.takePids(message.params.count)
      case 'container':
        return namespace.containerOf(message.params.pid, caller)
      case 'daemon':
        return startDaemon(setting, message.params)
      case 'resolve':
        return setting.network.resolve(message.params.name)
      case 'trace':
        return setting.network.trace(setting.spec.podIp, message.params.to)
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

/** Starts a command whose parent is the container's first process, and whose output nobody reads. */
async function startDaemon(setting: LaunchSetting, { argv, title, env, cwd }: UserlandDaemon): Promise<boolean> {
  const { daemonSlots, namespace } = setting
  if (daemonSlots.left <= 0) return false
  daemonSlots.left -= 1
  const release = () => {
    daemonSlots.left += 1
  }
  const pid = namespace.takePids(pidsAtOnce)
  const process = await launch(setting, { argv, title, env, cwd, pid, tty: false, parent: 1 }).catch((error) => {
    release()
    throw error
  })
  process.stdin.end()
  process.stdout.resume()
  process.stderr.resume()
  setting.track(process)
  void process.exited.then(release)
  return true
}

async function startTracked(setting: LaunchSetting, run: ProgramRun): Promise<RelayedProgram> {
  const pid = setting.namespace.takePids(pidsAtOnce)
  const plan = planHostCommand(run)
  const group = await startGroup(plan, setting.group)
  const translate = makePathTranslator(plan.names)
  const command = run.argv.join(' ')
  const who = { pid, parent: 0, user: setting.spec.user, command, startedAt: setting.now() }
  const process = hostContainerProcess(group, who, {
    translate,
    nextPid: () => setting.namespace.takePids(1),
    overheadBytes: plan.overheadBytes,
  })
  // The shell that started it shows it already, under the name it used; what it starts itself is news.
  setting.track({ ...process, list: async () => (await process.list()).slice(1) })
  return { ...group, translate }
}

/** Where a container keeps its files, below the runtime's data folder. */
export const rootDirOf = (dataDir: string, id: string) => join(dataDir, 'containers', id, 'root')
