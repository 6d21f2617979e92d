// Runs an executable of an image as a process of the host.
import { isAbsolute, join, normalize } from 'node:path'
import type { ContainerSpec, HostCommand, Program, ProgramContext } from '../container-runtime.ts'
import { safeHostEnv } from './container-env.ts'
import type { PathName } from './host-paths.ts'

/** Finds the image's program that a name means: a path, or a file name in one of the folders of PATH. */
export function findProgram(
  programs: Record<string, Program>,
  name: string,
  path: string,
  cwd: string,
): Program | undefined {
  if (name.includes('/')) return programs[isAbsolute(name) ? normalize(name) : join(cwd, name)]
  for (const folder of path.split(':')) {
    const program = programs[join(folder || cwd, name)]
    if (program) return program
  }
  return undefined
}

/** The mount that a container path lies in: the longest above it. */
function mountOf(mounts: ContainerSpec['mounts'], path: string): ContainerSpec['mounts'][number] | undefined {
  return mounts
    .filter(
      ({ containerPath: at }) => path === normalize(at) || path.startsWith(`${normalize(at).replace(/\/$/, '')}/`),
    )
    .sort((a, b) => b.containerPath.length - a.containerPath.length)[0]
}

/** Maps a container path to the host, through the longest mount; never outside the root and the mounts. */
export function hostPathOf(rootDir: string, mounts: ContainerSpec['mounts'], containerPath: string): string {
  const path = normalize(`/${containerPath}`)
  const mount = mountOf(mounts, path)
  if (!mount) return join(rootDir, path)
  return join(mount.hostPath, path.slice(normalize(mount.containerPath).replace(/\/$/, '').length))
}

export interface ProgramRun {
  program: Program
  argv: string[]
  /** Environment inside the container. */
  env: Record<string, string>
  cwd: string
  spec: ContainerSpec
  rootDir: string
  hostPort(port: number): number
  networkEnv: Record<string, string>
}

/** Asks the image's program for its host command line, with the pod's network in its environment. */
export function planHostCommand(run: ProgramRun): HostCommand & { names: PathName[] } {
  const context: ProgramContext = {
    argv: run.argv,
    env: safeHostEnv(run.env),
    rootDir: run.rootDir,
    hostPath: (path) => hostPathOf(run.rootDir, run.spec.mounts, path),
    isReadOnly: (path) => mountOf(run.spec.mounts, normalize(`/${path}`))?.readOnly ?? run.spec.readOnlyRootFilesystem,
    workingDir: run.cwd,
    podIp: run.spec.podIp,
    hostPort: run.hostPort,
    socketsDir: run.networkEnv.PODNET_SOCKETS,
  }
  const command = run.program(context)
  return {
    command: command.command,
    ...(command.title ? { title: command.title } : {}),
    ...(command.overheadBytes ? { overheadBytes: command.overheadBytes } : {}),
    cwd: command.cwd ?? hostPathOf(run.rootDir, run.spec.mounts, run.cwd),
    env: { ...run.networkEnv, ...command.env, ...mergeNodeOptions(run.networkEnv, command.env) },
    names: [
      ...(command.names ?? []),
      ...run.spec.mounts.map(({ hostPath, containerPath }): PathName => [hostPath, containerPath]),
      [run.rootDir, ''],
    ],
  }
}

/** A program may set NODE_OPTIONS of its own; the network's must stay. */
function mergeNodeOptions(network: Record<string, string>, own: Record<string, string>): Record<string, string> {
  const options = [network.NODE_OPTIONS, own.NODE_OPTIONS === network.NODE_OPTIONS ? undefined : own.NODE_OPTIONS]
  const text = options.filter(Boolean).join(' ')
  return text ? { NODE_OPTIONS: text } : {}
}
