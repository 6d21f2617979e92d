// What the kubelet needs from whatever runs containers, and what an image is. The cluster knows no
// workload: the table of images is handed to startCluster.
import type { Readable, Writable } from 'node:stream'

/** What a program of an image gets when it starts. Paths are on the host. */
export interface ProgramContext {
  /** Command line inside the container, `argv[0]` included. */
  argv: string[]
  /** The container's environment. */
  env: Record<string, string>
  /** The host folder that stands for `/` inside the container. */
  rootDir: string
  /** Turns a path inside the container into the host path behind it, through the volume mounts. */
  hostPath(containerPath: string): string
  workingDir: string
  /** The pod's address, to bind to where the container says 0.0.0.0. */
  podIp: string
  /** Host port behind a port of the pod: the same number unless the machine forbids it (below 1024). */
  hostPort(port: number): number
  /** A folder of the host with a short name, for sockets whose own path would be too long. */
  socketsDir?: string
  /** Whether the container may not write below a path: a read-only mount or root filesystem. */
  isReadOnly?(containerPath: string): boolean
}

/** A host command line. `env` is the whole environment; nothing of the server's own leaks in. */
export interface HostCommand {
  command: string[]
  env: Record<string, string>
  cwd?: string
  /** Host paths that its output may speak of, and what the container calls them; mounts and the root need not be named. */
  names?: [hostPath: string, containerPath: string][]
  /** What `ps` shows for it, where that is not the command that was asked for. */
  title?: string
  /** Memory that only what runs here needs, and what it stands for does not: it is not counted. */
  overheadBytes?: number
}

/** An executable of an image that runs as a host process. */
export type Program = (context: ProgramContext) => HostCommand

/** Streams of a tool that runs in the virtual userland. */
export interface ToolContext {
  argv: string[]
  env: Record<string, string>
  stdin: Readable
  stdout: Writable
  stderr: Writable
  /** Opens a TCP connection from the pod, by cluster name or address; errors carry Node's `code`. */
  connect(host: string, port: number): Promise<import('node:net').Socket>
  /** Turns a path inside the container into the host path behind it. */
  hostPath(containerPath: string): string
}

/** One image of the table. */
export interface Image {
  /** References that name it, normalised: `docker.io/library/busybox:1.36`. Short forms resolve to these. */
  names: string[]
  /** `sha256:…`, shown as the image id. */
  digest: string
  sizeBytes: number
  entrypoint: string[]
  cmd: string[]
  env: Record<string, string>
  workingDir: string
  /** Numeric user of the image; 0 is root, which `runAsNonRoot` refuses. */
  user: number
  /** What ends the main process politely; SIGTERM unless the image says otherwise. */
  stopSignal?: NodeJS.Signals
  /** Host programs by container path, e.g. `/usr/local/bin/docker-entrypoint.sh`. */
  programs: Record<string, Program>
  /** Module with extra userland tools for `exec` and shells: absolute path of a module that
   *  default-exports `Record<name, (context: ToolContext) => Promise<number>>`. */
  toolsModule?: string
  /** Files that the image carries, path → content, for a curious `cat` or `ls`. */
  files: Record<string, string>
  /** Which shell-and-tools set the image has; `none` is a scratch image without a shell. */
  userland: 'busybox' | 'alpine' | 'curl' | 'none'
}

/** One mount of a container. */
export interface Mount {
  containerPath: string
  hostPath: string
  readOnly: boolean
}

/** Everything resolved: what the kubelet asks the runtime to start. */
export interface ContainerSpec {
  podUid: string
  podName: string
  namespace: string
  containerName: string
  image: Image
  /** `command` and `args` after expansion; empty means the image's own. */
  command: string[]
  args: string[]
  env: Record<string, string>
  workingDir?: string
  mounts: Mount[]
  podIp: string
  hostname: string
  /** Lines of /etc/hosts and /etc/resolv.conf. */
  hosts: string
  resolvConf: string
  user: number
  readOnlyRootFilesystem: boolean
  /** Whose processes it sees beside its own; nobody's when absent. */
  processes?: ProcessSharing
  /** Whether it may look into processes of other users: the capability SYS_PTRACE. */
  canTrace?: boolean
  memoryLimitBytes?: number
  /** In cores; 0.5 is `500m`. */
  cpuLimit?: number
  tty: boolean
  stdin: boolean
}

/** All containers of the pod, whose first process is the pause container's; or one container, by name. */
export type ProcessSharing = { sharedWith: 'pod'; pauseUser: number } | { sharedWith: { container: string } }

/** What a container may use; an absent limit is none. */
export interface ResourceLimits {
  memoryLimitBytes?: number
  /** In cores; 0.5 is `500m`. */
  cpuLimit?: number
}

export interface ExitStatus {
  exitCode: number
  signal?: string
  /** Killed by the memory limit. */
  oomKilled?: boolean
}

export interface Streams {
  stdin?: Readable
  stdout: Writable
  stderr: Writable
  tty: boolean
  /** Calls back with each new size of the client's terminal. */
  onResize?(listener: (size: { columns: number; rows: number }) => void): void
}

/** Output of a container, kept on disk, with the time of each line. */
export interface LogBuffer {
  /** Streams lines as the log endpoint does; ends when not following or when the container has ended. */
  read(options: {
    follow?: boolean
    tailLines?: number
    sinceMs?: number
    timestamps?: boolean
    limitBytes?: number
    signal?: AbortSignal
  }): AsyncIterable<string>
}

export interface RunningContainer {
  /** `containerd://<64 hex digits>`. */
  readonly id: string
  readonly exited: Promise<ExitStatus>
  readonly logs: LogBuffer
  /** Runs a command in the container; rejects with StartError when there is no such executable. */
  exec(command: string[], streams: Streams): { exited: Promise<ExitStatus>; kill(): void }
  /** Attaches to the main process; resolves when it or the client ends. */
  attach(streams: Streams): Promise<void>
  /** SIGTERM, then SIGKILL to the whole group after the grace. */
  stop(graceMs: number): Promise<void>
  /** Changes the limits of the running processes; a container without it is restarted instead. */
  resize?(limits: ResourceLimits): Promise<void>
  /** Memory of the process group and CPU time spent, for `kubectl top` and limits. */
  usage(): Promise<{ memoryBytes: number; cpuNanoseconds: number }>
}

/** Why a container could not be started: `message` is in containerd's words. */
export class StartError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 128) {
    super(message)
    this.exitCode = exitCode
  }
}

export interface ContainerRuntime {
  /** The image behind a reference, or undefined when the registry has none. */
  findImage(reference: string): Image | undefined
  /** Starts a container; rejects with StartError when its command cannot be run. */
  start(spec: ContainerSpec): Promise<RunningContainer>
  /** Logs of a container that ended, by id, as long as they are kept. */
  findLogs(containerId: string): LogBuffer | undefined
  /** Removes what an ended container left (files, logs). */
  remove(containerId: string): Promise<void>
  /** Ends every process and frees everything. */
  stop(): Promise<void>
}
