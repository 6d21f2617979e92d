// The command line of a student's shell: bash under bubblewrap with a private file system, process
// tree and network, or plain bash where the machine has no namespaces to give.

import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { doorAddress } from './api-door.ts'
import type { Home } from './home.ts'
import { type NetworkDoor, openNetworkDoor } from './network-door.ts'
import type { Sandboxing } from './sandboxing.ts'
import { makeStartGate } from './start-gate.ts'
import type { TerminalOptions } from './terminal-options.ts'

/** What to hand to the pseudo-terminal. */
export interface Shell {
  file: string
  args: string[]
  env: Record<string, string>
  cwd: string
  uid: number | undefined
  /** For an isolated shell: waits until its namespaces exist, opens its way to the sandbox, and lets it start. */
  openDoor?: (ended: Promise<void>) => Promise<NetworkDoor | undefined>
}

const megabyte = 2 ** 20

/**
 * Limits of what a shell starts: processes of its user together; of each the address space (kubectl reserves more than a
 * gigabyte of it), the size of a file, and open files.
 */
const limits = ['--nproc=512', `--as=${4096 * megabyte}`, `--fsize=${256 * megabyte}`, '--nofile=4096', '--core=0']

/** Folders in memory, and the most that each may take. */
const inMemory = { '/tmp': 256 * megabyte, '/run': 16 * megabyte }

/**
 * A constant script: opens the two pipes, and makes the shell's processes the first to go when this machine runs out of
 * memory, before anything of the lab. Everything that varies is an argument.
 */
const launch = 'info=$1 gate=$2; shift 2; echo 900 > /proc/self/oom_score_adj; exec prlimit "$@" 3>"$info" 4<"$gate"'

/** Files of /etc that programs need and that tell nothing of this machine's users. */
const etc = [
  'alternatives',
  'ssl',
  'ca-certificates',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'terminfo',
  'inputrc',
  'nanorc',
  'vim',
  'localtime',
  'bash_completion.d',
  'mime.types',
]

const environment = (
  paths: { home: string; kubeconfig: string; settings: string; history: string },
  kubectlDir: string,
) => ({
  HOME: paths.home,
  USER: 'student',
  LOGNAME: 'student',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  KUBECONFIG: paths.kubeconfig,
  HISTFILE: `${paths.history}/bash_history`,
  LAB_SETTINGS: paths.settings,
  PATH: `${kubectlDir}:/usr/local/bin:/usr/bin:/bin`,
})

/** Top-level folders as they are here: links on a merged-/usr system, mounts elsewhere. */
function rootFolders(): string[] {
  return ['/bin', '/sbin', '/lib', '/lib64', '/lib32'].flatMap((folder) => {
    if (!existsSync(folder)) return []
    return lstatSync(folder).isSymbolicLink()
      ? ['--symlink', readlinkSync(folder), folder]
      : ['--ro-bind', folder, folder]
  })
}

/** bubblewrap's arguments for a shell: read-only system, private home, nothing of the lab or of other students. */
export function sandboxArguments(options: { home: Home; kubectl: string }): string[] {
  const { home, kubectl } = options
  const inUsr = kubectl.startsWith('/usr/')
  return [
    ...['--unshare-all', '--die-with-parent', '--hostname', 'lab', '--uid', '1000', '--gid', '1000', '--clearenv'],
    ...['--ro-bind', '/usr', '/usr', ...rootFolders()],
    ...etc.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...['passwd', 'group', 'hosts', 'nsswitch.conf'].flatMap((name) => [
      '--ro-bind',
      join(home.settings, name),
      `/etc/${name}`,
    ]),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...Object.entries(inMemory).flatMap(([folder, bytes]) => ['--size', String(bytes), '--tmpfs', folder]),
    ...['--bind', home.home, '/home/student', '--bind', home.kube, '/home/student/.kube'],
    ...['--ro-bind', home.settings, '/etc/lab', '--bind', home.history, '/run/history'],
    ...(inUsr ? [] : ['--ro-bind', kubectl, '/opt/kubectl/kubectl']),
    ...['--chdir', '/home/student'],
  ]
}

/** Prepares the next shell of a terminal. */
export async function prepareShell(
  options: TerminalOptions & { home: Home; kubectl: string; sandboxing: Sandboxing },
): Promise<Shell> {
  const { home, kubectl, sandboxing } = options
  const bash = ['/bin/bash', '--noprofile', '--rcfile']
  if (sandboxing.isolation === 'shared') {
    const env = environment(
      { home: home.home, kubeconfig: join(home.kube, 'config'), settings: home.settings, history: home.history },
      dirname(kubectl),
    )
    return {
      file: '/bin/bash',
      args: [...bash.slice(1), join(home.settings, 'bashrc'), '-i'],
      env,
      cwd: home.home,
      uid: sandboxing.owner,
    }
  }

  const inside = environment(
    { home: '/home/student', kubeconfig: '/home/student/.kube/config', settings: '/etc/lab', history: '/run/history' },
    kubectl.startsWith('/usr/') ? dirname(kubectl) : '/opt/kubectl',
  )
  const gate = await makeStartGate(home.root, sandboxing.owner)
  const args = [
    ...sandboxArguments({ home, kubectl }),
    ...Object.entries(inside).flatMap(([name, value]) => ['--setenv', name, value]),
    ...[...bash, '/etc/lab/bashrc', '-i'],
  ]
  return {
    file: '/bin/sh',
    args: ['-c', launch, 'sh', gate.info, gate.block, ...limits, 'bwrap', '--info-fd', '3', '--block-fd', '4', ...args],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', TERM: 'xterm-256color' },
    cwd: '/',
    uid: sandboxing.owner,
    async openDoor(ended) {
      void ended.then(() => gate.close())
      const pid = await gate.firstProcess(ended)
      if (pid === undefined) return undefined
      const door = await openNetworkDoor(pid, [
        { listen: doorAddress(options.apiServer), target: options.apiServer },
        ...(options.ingress ? [{ listen: { host: '127.0.0.1', port: 80 }, target: options.ingress }] : []),
      ])
      gate.release()
      return door
    },
  }
}
