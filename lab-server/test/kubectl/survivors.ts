// What a stopped cluster must not leave: processes.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Processes whose command, environment or folder names `dataDir`. */
export function survivors(dataDir: string): string[] {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }
  const link = (path: string) => {
    try {
      return readlinkSync(path)
    } catch {
      return ''
    }
  }
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) =>
      [read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`), link(`/proc/${pid}/cwd`)].some((text) =>
        text.includes(dataDir),
      ),
    )
    .map((pid) => `${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
}
