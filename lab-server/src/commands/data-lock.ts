// One lab per data folder: two would take each other's database.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'

/** When process `pid` started, so that a number that was given anew is not taken for the old process. */
function startTimeOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')')).split(' ')
    // A killed process that nobody has waited for yet holds nothing any more.
    return fields[1] === 'Z' ? undefined : fields[20]
  } catch {
    return 'unknown'
  }
}

/** Takes the folder, or throws ConfigError when a running lab has it. */
export function lockDataDir(dataDir: string): { release(): void } {
  const path = join(dataDir, 'lab.lock')
  try {
    const [pid = '', started] = readFileSync(path, 'utf8').trim().split(' ')
    if (Number(pid) !== process.pid && startTimeOf(Number(pid)) === started) {
      throw new ConfigError(
        `A lab is running already with the data folder ${dataDir} (process ${pid}). End it, or choose another folder with --data-dir.`,
      )
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error
  }
  writeFileSync(path, `${process.pid} ${startTimeOf(process.pid)}\n`, { mode: 0o600 })
  return { release: () => rmSync(path, { force: true }) }
}
