// Ends process groups when this process dies, however it dies: a tiny shell that waits on a pipe from us. The kernel
// closes the pipe on kill -9 too. It also remembers the groups in a file, for the next start after a power cut.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Watchdog {
  /** From now on the group ends with us. */
  guard(pgid: number): void
  release(pgid: number): void
  stop(): Promise<void>
}

const script = `
groups=
while read -r op pgid; do
  case $op in
    +) groups="$groups $pgid" ;;
    -) kept=; for g in $groups; do [ "$g" = "$pgid" ] || kept="$kept $g"; done; groups=$kept ;;
  esac
done
for g in $groups; do kill -s KILL -- "-$g" 2>/dev/null; done
exit 0`

/** Ends what an earlier run left (its groups are in `folder`), then guards new groups. */
export function startWatchdog(folder: string): Watchdog {
  mkdirSync(folder, { recursive: true })
  killLeftovers(folder)
  const shell: ChildProcess = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    cwd: '/',
  })
  shell.unref()
  shell.stdin?.on('error', () => {})
  const unrefable = shell.stdin as { unref?(): void } | null
  unrefable?.unref?.()
  const exited = new Promise<void>((resolve) => shell.once('exit', () => resolve()))

  return {
    guard(pgid) {
      shell.stdin?.write(`+ ${pgid}\n`)
      writeFileSync(join(folder, String(pgid)), startTimeOf(pgid) ?? '')
    },
    release(pgid) {
      shell.stdin?.write(`- ${pgid}\n`)
      rmSync(join(folder, String(pgid)), { force: true })
    },
    stop() {
      shell.ref()
      shell.stdin?.end()
      return exited
    },
  }
}

function killLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pgid = Number(name)
    const path = join(folder, name)
    // A pid alone is not enough: after a reboot it belongs to someone else.
    if (Number.isInteger(pgid) && pgid > 1 && readFileSync(path, 'utf8') === startTimeOf(pgid)) {
      try {
        process.kill(-pgid, 'SIGKILL')
      } catch {
        // Gone in between.
      }
    }
    rmSync(path, { force: true })
  }
}

/** When the process started, in the kernel's ticks and boot; undefined when it is gone or the system has no /proc. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return undefined
  }
}
