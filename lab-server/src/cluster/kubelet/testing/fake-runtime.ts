// A ContainerRuntime whose containers are scripts: they run until a test, a signal or their own timer ends them.
import { type Clock, sleep } from '../../clock.ts'
import {
  type ContainerRuntime,
  type ContainerSpec,
  type ExitStatus,
  type Image,
  type LogBuffer,
  type ResourceLimits,
  type RunningContainer,
  StartError,
  type Streams,
} from '../container-runtime.ts'

/** How a container of the fake behaves. */
export interface Script {
  /** Ends by itself after this time, with this code. */
  exitAfterMs?: number
  exitCode?: number
  oomKilled?: boolean
  /** Refuses to start. */
  startError?: string
  /** Fails to start for a reason that is nobody's command. */
  startFault?: string
  /** Takes this long to start. */
  startsAfterMs?: number
  /** Ignores SIGTERM, so that only the end of the grace period ends it. */
  ignoresTerm?: boolean
  log?: string[]
  /** No command can be run in it, for this reason. */
  execError?: string
  /** Answers a command; it runs for ever when this is absent or answers undefined. */
  exec?(command: string[]): { exitCode: number; stdout?: string; stderr?: string; afterMs?: number } | undefined
}

/** One started container, for tests to look at and to end. */
export interface FakeContainer {
  spec: ContainerSpec
  running: RunningContainer
  startedAtMs: number
  stoppedWithGraceMs?: number
  /** What it claims to use. */
  usage: { memoryBytes: number; cpuNanoseconds: number }
  /** Limits it was given while running. */
  resized?: ResourceLimits
  end(status: ExitStatus): void
}

/** The fake and what tests look at. */
export interface FakeRuntime extends ContainerRuntime {
  containers: FakeContainer[]
  /** Ids whose files were removed. */
  removed: string[]
  /** Script by container name; a container without one runs until it is stopped. */
  scripts: Map<string, Script>
  /** The newest instance of a container. */
  latest(name: string): FakeContainer
}

/** An image as tests need it. */
export function fakeImage(name: string, change: Partial<Image> = {}): Image {
  return {
    names: [name],
    digest: `sha256:${'ab'.repeat(32)}`,
    sizeBytes: 1000,
    entrypoint: [],
    cmd: ['sleep', 'infinity'],
    env: {},
    workingDir: '/',
    user: 0,
    programs: {},
    files: {},
    userland: 'busybox',
    ...change,
  }
}

/** Makes a runtime that has `images` under their full names and Docker's short ones. */
export function makeFakeRuntime(clock: Clock, images: Image[]): FakeRuntime {
  const containers: FakeContainer[] = []
  const removed: string[] = []
  const scripts = new Map<string, Script>()
  const logs = new Map<string, LogBuffer>()

  return {
    containers,
    removed,
    scripts,
    latest(name) {
      const found = containers.findLast(({ spec }) => spec.containerName === name)
      if (!found) throw new Error(`no container ${name} was started`)
      return found
    },
    findImage: (reference) =>
      images.find(({ names }) =>
        names.some(
          (name) =>
            name === reference || name === `docker.io/${reference}` || name === `docker.io/library/${reference}`,
        ),
      ),
    async start(spec) {
      const script = scripts.get(spec.containerName) ?? {}
      if (script.startsAfterMs) await sleep(clock, script.startsAfterMs)
      if (script.startFault) throw new Error(script.startFault)
      if (script.startError) throw new StartError(script.startError)
      const container = makeContainer({ clock, spec, script, serial: containers.length })
      containers.push(container)
      logs.set(container.running.id, container.running.logs)
      return container.running
    },
    findLogs: (containerId) => logs.get(containerId),
    remove: async (id) => void removed.push(id),
    stop: async () => {
      for (const container of containers) container.end({ exitCode: 137 })
    },
  }
}

function makeContainer({
  clock,
  spec,
  script,
  serial,
}: {
  clock: Clock
  spec: ContainerSpec
  script: Script
  serial: number
}): FakeContainer {
  let end: (status: ExitStatus) => void = () => {}
  const exited = new Promise<ExitStatus>((resolve) => {
    end = resolve
  })
  if (script.exitAfterMs !== undefined) {
    const status = { exitCode: script.exitCode ?? 0, ...(script.oomKilled ? { oomKilled: true } : {}) }
    clock.after(script.exitAfterMs, () => end(status))
  }
  const container: FakeContainer = {
    spec,
    startedAtMs: clock.now(),
    usage: { memoryBytes: 0, cpuNanoseconds: 0 },
    end,
    running: {
      id: `containerd://${String(serial).padStart(64, '0')}`,
      exited,
      logs: {
        async *read() {
          for (const line of script.log ?? []) yield `${line}\n`
        },
      },
      exec: (command, streams) => runCommand({ clock, script, command, streams }),
      attach: async () => {},
      async stop(graceMs) {
        container.stoppedWithGraceMs = graceMs
        if (script.ignoresTerm) clock.after(graceMs, () => end({ exitCode: 137 }))
        else end({ exitCode: 143 })
        await exited
      },
      usage: async () => container.usage,
      async resize(limits) {
        container.resized = limits
      },
    },
  }
  return container
}

function runCommand({
  clock,
  script,
  command,
  streams,
}: {
  clock: Clock
  script: Script
  command: string[]
  streams: Streams
}): { exited: Promise<ExitStatus>; kill(): void } {
  if (script.execError) return { exited: Promise.reject(new StartError(script.execError)), kill() {} }
  const answer = script.exec?.(command)
  let finish: (status: ExitStatus) => void = () => {}
  const exited = new Promise<ExitStatus>((resolve) => {
    finish = resolve
  })
  if (answer) {
    clock.after(answer.afterMs ?? 0, () => {
      if (answer.stdout) streams.stdout.write(answer.stdout)
      if (answer.stderr) streams.stderr.write(answer.stderr)
      finish({ exitCode: answer.exitCode })
    })
  }
  return { exited, kill: () => finish({ exitCode: 137 }) }
}
